// Requests that another HTTP server has read: from its parts or from the bytes of the
// head, with the checks of head_parser.
#pragma once

#include "websock/http/request.hpp"
#include "websock/http/response.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace websock::http {

/// The request, or the response that refuses what is no HTTP/1.1 head.
using made_request = std::variant<request, response>;

/// From the parts that another parser found: the target as it was sent, headers in any
/// order.
[[nodiscard]] made_request
make_request(std::string_view method, std::string_view target,
             std::span<const std::pair<std::string, std::string>> headers);

/// From the bytes of one whole head, the blank line included.
[[nodiscard]] made_request make_request(std::string_view head);

} // namespace websock::http
