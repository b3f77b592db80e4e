// Starting, restarting and stopping children in order.
#pragma once

#include "supervisor/supervisor.hpp" // IWYU pragma: export
