// The chat's page: the files in page/, compiled into the program.
#pragma once

#include "websock/http.hpp"

#include <span>

namespace chat {

/// The build generates it from page/.
std::span<const websock::http::asset> page();

} // namespace chat
