// Every limit and deadline.
#pragma once

#include "websock/options/options.hpp" // IWYU pragma: export
