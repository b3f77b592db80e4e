// The thread that a process lives on: work for it, its io_context, its timers and
// sockets.
#pragma once

#include "process/shard.hpp" // IWYU pragma: export
