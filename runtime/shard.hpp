// The thread that a process lives on: work for it, its io_context, its timers and
// sockets.
#pragma once

#include "websock/runtime/process/shard.hpp" // IWYU pragma: export
