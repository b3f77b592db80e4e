// The parameters of a client's URL.
#pragma once

#include "websock/channels/envelope/json.hpp"

#include <optional>
#include <string_view>

namespace websock::channels {

/// `a=1` is a string, `l[]=1&l[]=2` a list, `u[n]=x` an object; of a repeated name the
/// last value stays, and a plus is a space. Empty if an escape is malformed, something is
/// not UTF-8, or there is too much of it: answer 400.
[[nodiscard]] std::optional<json> connect_params(std::string_view query);

} // namespace websock::channels
