// Groups of processes, and who watches them.
#pragma once

#include "websock/runtime/registry/process_group.hpp" // IWYU pragma: export
