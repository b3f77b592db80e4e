// What a supervisor can be asked, and what it answers.
#pragma once

#include "supervisor/supervisor_requests.hpp" // IWYU pragma: export
