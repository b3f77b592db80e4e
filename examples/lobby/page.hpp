// The lobby's page: the files in page/, compiled into the program.
#pragma once

#include "websock/http.hpp"

#include <span>

namespace lobby {

/// The build generates it from page/.
std::span<const websock::http::asset> page();

} // namespace lobby
