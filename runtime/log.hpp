// Where crashes are reported.
#pragma once

#include "websock/runtime/log/log.hpp" // IWYU pragma: export
