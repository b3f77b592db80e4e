// The identity of a process.
#pragma once

#include "address/pid.hpp" // IWYU pragma: export
