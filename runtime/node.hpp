// A node: the threads on which processes live.
#pragma once

#include "process/node.hpp" // IWYU pragma: export
