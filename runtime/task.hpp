// A function in a process of its own, and its result.
#pragma once

#include "server/task.hpp" // IWYU pragma: export
