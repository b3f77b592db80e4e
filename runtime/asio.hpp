// Asio's operations as what a callback can wait for.
#pragma once

#include "interop/asio.hpp" // IWYU pragma: export
