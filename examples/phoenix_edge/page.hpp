// The page of the edge: the files in page/, compiled into the program.
#pragma once

#include "websock/http.hpp"

#include <span>

namespace phoenix_edge {

/// The build generates it from page/.
std::span<const websock::http::asset> page();

} // namespace phoenix_edge
