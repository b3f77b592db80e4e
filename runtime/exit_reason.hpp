// Why a process ended.
#pragma once

#include "term/exit_reason.hpp" // IWYU pragma: export
