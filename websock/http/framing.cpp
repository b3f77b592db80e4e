// Host and body framing, where lenient parsing would allow request smuggling.

#include "websock/http/framing.hpp"

#include "websock/http/token.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace websock::http {

namespace {

// RFC 3986 §3.2: the characters of a host and a port.
bool is_host_char(char c) noexcept {
  return is_token_char(c)
         || std::string_view{"(),;=:[]"}.find(c) != std::string_view::npos;
}

bool is_length(std::string_view text) noexcept {
  std::uint64_t length = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, length);
  return error == std::errc{} && stop == end;
}

// RFC 9112 §3.2: exactly one Host in HTTP/1.1, never two.
verdict check_host(const request& head) {
  const auto hosts = head.header_values("Host");
  if (hosts.size() > 1)
    return head_error{400, "RFC 9112 §3.2: more than one Host"};
  if (hosts.empty())
    return head.version_minor() == 0 ? verdict{}
                                     : head_error{400, "RFC 9112 §3.2: Host is missing"};
  if (!std::all_of(hosts[0].begin(), hosts[0].end(), is_host_char))
    return head_error{400, "RFC 9112 §3.2: invalid Host"};
  return std::nullopt;
}

// RFC 9112 §6.3: one decimal number. A list of equal numbers could be accepted, but no
// client needs that.
verdict check_content_length(const request& head) {
  const auto lengths = head.header_values("Content-Length");
  if (lengths.empty())
    return std::nullopt;
  if (lengths.size() > 1 || !is_length(lengths[0]))
    return head_error{400, "RFC 9112 §6.3: invalid Content-Length"};
  return std::nullopt;
}

// RFC 9112 §6.1: chunked, once and last; other codings are not supported.
verdict check_codings(const std::vector<std::string_view>& values) {
  std::size_t chunked = 0;
  for (std::string_view list : values) {
    while (const auto coding = take_list_element(list)) {
      if (!equal_ignoring_case(*coding, "chunked"))
        return head_error{501, "RFC 9112 §6.1: unknown transfer coding"};
      ++chunked;
    }
  }
  if (chunked != 1)
    return head_error{400, "RFC 9112 §6.1: invalid Transfer-Encoding"};
  return std::nullopt;
}

verdict check_transfer_encoding(const request& head) {
  const auto values = head.header_values("Transfer-Encoding");
  if (values.empty())
    return std::nullopt;
  if (head.header("Content-Length"))
    return head_error{400, "RFC 9112 §6.1: both Transfer-Encoding and Content-Length"};
  if (head.version_minor() == 0)
    return head_error{400, "RFC 9112 §6.1: Transfer-Encoding in HTTP/1.0"};
  return check_codings(values);
}

} // namespace

verdict check_framing(const request& head) {
  for (const auto check : {check_host, check_content_length, check_transfer_encoding}) {
    if (auto error = check(head))
      return error;
  }
  return std::nullopt;
}

} // namespace websock::http
