// The page of the lobby: the files in page/, compiled into the program.
#pragma once

#include "websock/http.hpp"

#include <span>

namespace lobby {

/// Generated from page/ by the build.
std::span<const websock::http::asset> page();

} // namespace lobby
