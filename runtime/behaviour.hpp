// What a process does: the callbacks.
#pragma once

#include "websock/runtime/behaviour/behaviour.hpp" // IWYU pragma: export
