// A function that waits and returns a value.
#pragma once

#include "coroutine/waiting.hpp" // IWYU pragma: export
