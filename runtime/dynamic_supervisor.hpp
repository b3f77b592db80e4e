// Children that come and go.
#pragma once

#include "websock/runtime/supervisor/dynamic_supervisor.hpp" // IWYU pragma: export
