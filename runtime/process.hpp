// A process: what it can do by self(), its pid, and the signals that it hears of.
#pragma once

#include "process/process.hpp" // IWYU pragma: export
