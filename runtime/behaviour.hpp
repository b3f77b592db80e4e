// What a process does: the callbacks.
#pragma once

#include "behaviour/behaviour.hpp" // IWYU pragma: export
