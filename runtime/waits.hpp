// What a callback that is a coroutine can wait for.
#pragma once

#include "wait/waits.hpp" // IWYU pragma: export
