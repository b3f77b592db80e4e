// CAF's actors and our processes: handles and pids, both ways.
#pragma once

#include "interop/caf.hpp" // IWYU pragma: export
