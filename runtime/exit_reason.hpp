// Why a process ended.
#pragma once

#include "websock/runtime/term/exit_reason.hpp" // IWYU pragma: export
