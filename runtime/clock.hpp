// Time as processes see it.
#pragma once

#include "time/clock.hpp" // IWYU pragma: export
