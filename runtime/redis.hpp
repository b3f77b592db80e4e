// Pub/sub between nodes through Redis; in the library websock::redis.
#pragma once

#include "redis/engine.hpp"         // IWYU pragma: export
#include "redis/engine_metrics.hpp" // IWYU pragma: export
