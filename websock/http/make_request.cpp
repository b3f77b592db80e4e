// Requests read by another server.
#include "websock/http/make_request.hpp"

#include "websock/http/head_parser.hpp"
#include "websock/http/token.hpp"

namespace websock::http {

made_request make_request(std::string_view head) {
  // The other server has applied its own limits; these cannot be exceeded.
  head_parser parser(head_limits{head.size(), head.size(), head.size()});
  std::string_view in = head;
  auto parsed = parser.feed(in);
  if (auto* refused = std::get_if<response>(&parsed))
    return std::move(*refused);
  if (auto* whole = std::get_if<request>(&parsed); whole != nullptr && in.empty())
    return std::move(*whole);
  return bad_request("RFC 9112 §2.1: not exactly one request head");
}

// The text is parsed again, so no part can escape from its position.
made_request make_request(std::string_view method, std::string_view target,
                          std::span<const std::pair<std::string, std::string>> headers) {
  constexpr std::string_view line_breaks = "\r\n";
  std::string head;
  head.append(method).append(" ").append(target).append(" HTTP/1.1");
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || !is_field_value(value))
      return bad_request("RFC 9110 §5.1: illegal header");
  }
  if (!is_token(method) || target.find_first_of(line_breaks) != std::string_view::npos)
    return bad_request("RFC 9112 §3: invalid request line");
  for (const auto& [name, value] : headers)
    head.append(line_breaks).append(name).append(": ").append(value);
  return make_request(std::string_view(head.append("\r\n\r\n")));
}

} // namespace websock::http
