// Where crashes are reported.
#pragma once

#include "log/log.hpp" // IWYU pragma: export
