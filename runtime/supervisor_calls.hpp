// Starting and asking supervisors from a thread.
#pragma once

#include "websock/runtime/supervisor/supervisor_calls.hpp" // IWYU pragma: export
