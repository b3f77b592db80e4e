// What a callback that is a coroutine can wait for.
#pragma once

#include "websock/runtime/wait/waits.hpp" // IWYU pragma: export
