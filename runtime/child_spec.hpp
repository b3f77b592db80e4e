// What a supervisor has to know of a child.
#pragma once

#include "supervisor/child_spec.hpp" // IWYU pragma: export
