// The headers of an opening handshake.
#include "websock/http/handshake_header.hpp"

#include "websock/http/token.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace websock::http {

namespace {

constexpr std::array<std::string_view, 6> names{"Connection",        "Content-Length",
                                                "Keep-Alive",        "Trailer",
                                                "Transfer-Encoding", "Upgrade"};

} // namespace

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value))
    throw std::invalid_argument(
        std::string("RFC 9110 §5.1: illegal header ").append(name));
  out.append(name).append(": ").append(value).append("\r\n");
}

bool is_handshake_header(std::string_view name) noexcept {
  constexpr std::string_view prefix = "Sec-WebSocket-";
  return equal_ignoring_case(name.substr(0, prefix.size()), prefix)
         || std::any_of(names.begin(), names.end(), [&](std::string_view each) {
              return equal_ignoring_case(name, each);
            });
}

} // namespace websock::http
