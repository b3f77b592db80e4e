// Requests that another HTTP server has read, made from their parts or from the bytes of
// the head, with the same checks as in head_parser.
#pragma once

#include "websock/http/request.hpp"
#include "websock/http/response.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace websock::http {

/// The request, or the response that rejects it if it is not a valid HTTP/1.1 head.
using made_request = std::variant<request, response>;

/// Makes a request from the parts that another parser found: the target as it was sent,
/// the headers in any order.
[[nodiscard]] made_request
make_request(std::string_view method, std::string_view target,
             std::span<const std::pair<std::string, std::string>> headers);

/// Makes a request from the bytes of one whole head, including the blank line.
[[nodiscard]] made_request make_request(std::string_view head);

} // namespace websock::http
