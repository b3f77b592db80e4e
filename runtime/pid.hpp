// The identity of a process.
#pragma once

#include "websock/runtime/address/pid.hpp" // IWYU pragma: export
