// Presence on several nodes; needs the library websock::distribution.
#pragma once

#include "websock/channels/presence/join_cluster.hpp" // IWYU pragma: export
#include "websock/runtime/cluster.hpp"                // IWYU pragma: export
