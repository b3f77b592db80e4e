// Groups of processes, and who watches them.
#pragma once

#include "registry/process_group.hpp" // IWYU pragma: export
