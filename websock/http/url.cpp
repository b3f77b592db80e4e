// The parser of ws and wss URLs.
#include "websock/http/url.hpp"

#include "websock/http/target.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <charconv>

namespace websock::http {

namespace {

constexpr std::uint16_t plain_port = 80;
constexpr std::uint16_t secure_port = 443;
constexpr std::size_t longest_host = 253; // RFC 1035 §2.3.4, as text

[[nodiscard]] bool is_name_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
         || c == '-' || c == '.' || c == '_';
}

[[nodiscard]] bool is_address_char(char c) noexcept {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9')
         || c == ':' || c == '.';
}

// The scheme and the signs behind it, in any case.
[[nodiscard]] bool take_scheme(std::string_view& text, url& into) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos)
    return false;
  const auto scheme = text.substr(0, end);
  into.is_secure = equal_ignoring_case(scheme, "wss");
  into.port = into.is_secure ? secure_port : plain_port;
  text.remove_prefix(end + 3);
  return into.is_secure || equal_ignoring_case(scheme, "ws");
}

[[nodiscard]] bool take_host(std::string_view& authority, url& into) {
  const bool is_literal = authority.starts_with('['); // RFC 3986 §3.2.2: IPv6
  const std::size_t end =
      is_literal ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (end == std::string_view::npos)
    return false;
  const auto host = authority.substr(is_literal ? 1 : 0, is_literal ? end - 1 : end);
  authority.remove_prefix(is_literal ? end + 1 : end);
  into.host = host;
  return !host.empty() && host.size() <= longest_host
         && std::all_of(host.begin(), host.end(),
                        is_literal ? is_address_char : is_name_char);
}

// What is behind the host: nothing, or a colon and maybe a number (RFC 3986 §3.2.3).
[[nodiscard]] bool take_port(std::string_view rest, url& into) {
  if (rest.empty() || rest == ":")
    return true;
  if (!rest.starts_with(':'))
    return false;
  rest.remove_prefix(1);
  const auto* end = rest.data() + rest.size();
  const auto [stop, failed] = std::from_chars(rest.data(), end, into.port);
  return failed == std::errc{} && stop == end && into.port != 0;
}

} // namespace

std::string url::authority() const {
  const bool is_literal = host.find(':') != std::string::npos;
  std::string text = is_literal ? '[' + host + ']' : host;
  if (port != (is_secure ? secure_port : plain_port))
    text += ':' + std::to_string(port);
  return text;
}

std::optional<url> parse_url(std::string_view text) {
  url found;
  if (!take_scheme(text, found))
    return std::nullopt;
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  auto authority = text.substr(0, end);
  if (!take_host(authority, found) || !take_port(authority, found))
    return std::nullopt;
  const auto target = text.substr(end);
  if (!target.starts_with('/'))
    found.target = "/";
  found.target += target;
  if (target.find('#') != std::string_view::npos || !split_target(found.target))
    return std::nullopt;
  return found;
}

} // namespace websock::http
