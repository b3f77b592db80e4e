// Starting and asking supervisors from a thread.
#pragma once

#include "supervisor/supervisor_calls.hpp" // IWYU pragma: export
