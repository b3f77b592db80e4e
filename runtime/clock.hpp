// Time as processes see it.
#pragma once

#include "websock/runtime/time/clock.hpp" // IWYU pragma: export
