// A node: the threads on which processes live.
#pragma once

#include "websock/runtime/process/node.hpp" // IWYU pragma: export
