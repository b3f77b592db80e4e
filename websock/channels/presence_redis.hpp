// Presence on several nodes by Redis alone; needs the library websock::redis.
#pragma once

#include "websock/channels/presence/join_redis.hpp" // IWYU pragma: export
#include "websock/runtime/redis.hpp"                // IWYU pragma: export
