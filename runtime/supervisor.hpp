// Starting, restarting and stopping children in order.
#pragma once

#include "websock/runtime/supervisor/supervisor.hpp" // IWYU pragma: export
