// A function that waits and returns a value.
#pragma once

#include "websock/runtime/coroutine/waiting.hpp" // IWYU pragma: export
