// What there is to know about a process.
#pragma once

#include "registry/process_info.hpp" // IWYU pragma: export
