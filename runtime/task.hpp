// A function in a process of its own, and its result.
#pragma once

#include "websock/runtime/server/task.hpp" // IWYU pragma: export
