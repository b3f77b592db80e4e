// Children that come and go.
#pragma once

#include "supervisor/dynamic_supervisor.hpp" // IWYU pragma: export
