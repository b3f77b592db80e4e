// Parses ws and wss URLs.
#include "websock/http/url.hpp"

#include "websock/http/characters.hpp"
#include "websock/http/ip_address.hpp"
#include "websock/http/percent.hpp"
#include "websock/http/target.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace websock::http {

namespace {

constexpr std::uint16_t plain_port = 80;
constexpr std::uint16_t secure_port = 443;
constexpr std::size_t longest_host = 253; // RFC 1035 §2.3.4, as text
constexpr std::size_t longest_shown = 200;

using verdict = std::optional<bad_url>;

[[nodiscard]] bool is_name_char(char c) noexcept {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
}

// Never part of a user, password or query, once those are cut off.
[[nodiscard]] bool is_shown(char c) noexcept {
  return is_name_char(c) || c == '/' || c == ':' || c == '[' || c == ']' || c == '%'
         || c == '~';
}

[[nodiscard]] bool is_zone_char(char c) noexcept {
  return c > 0x20 && c < 0x7F && c != '/' && c != '%';
}

// The scheme in any case, and the delimiters after it.
[[nodiscard]] verdict take_scheme(std::string_view& text, url& into) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos)
    return bad_url{"it begins with neither ws:// nor wss://"};
  const auto scheme = text.substr(0, end);
  into.is_secure = equal_ignoring_case(scheme, "wss");
  into.port = into.is_secure ? secure_port : plain_port;
  text.remove_prefix(end + 3);
  if (!into.is_secure && !equal_ignoring_case(scheme, "ws"))
    return bad_url{"its scheme is neither ws nor wss"};
  return std::nullopt;
}

// RFC 6874 §2: IPv6address "%25" ZoneID.
[[nodiscard]] verdict read_address(std::string_view literal, url& into) {
  constexpr std::string_view mark = "%25";
  const std::size_t end = std::min(literal.find('%'), literal.size());
  into.host = literal.substr(0, end);
  if (!parse_ipv6(into.host))
    return bad_url{"its host in brackets is no address of IPv6"};
  literal.remove_prefix(end);
  if (literal.empty())
    return std::nullopt;
  const auto zone = literal.starts_with(mark)
                        ? percent_decode(literal.substr(mark.size()))
                        : std::nullopt;
  if (!zone || zone->empty() || !std::all_of(zone->begin(), zone->end(), is_zone_char))
    return bad_url{"RFC 6874: its zone is not %25 and the name of an interface"};
  into.zone = *zone;
  return std::nullopt;
}

[[nodiscard]] verdict read_name(std::string_view name, url& into) {
  if (name.empty())
    return bad_url{"it has no host"};
  if (name.size() > longest_host)
    return bad_url{"its host is longer than 253 octets"};
  if (!std::all_of(name.begin(), name.end(), is_name_char))
    return bad_url{"its host has a character that is in no name (names beyond ASCII are "
                   "written as xn--)"};
  into.host = name;
  return std::nullopt;
}

[[nodiscard]] verdict take_host(std::string_view& authority, url& into) {
  if (!authority.starts_with('[')) { // RFC 3986 §3.2.2: IPv6
    const auto name =
        authority.substr(0, std::min(authority.find(':'), authority.size()));
    authority.remove_prefix(name.size());
    return read_name(name, into);
  }
  const std::size_t end = authority.find(']');
  if (end == std::string_view::npos)
    return bad_url{"its host has a [ without a ]"};
  const auto literal = authority.substr(1, end - 1);
  authority.remove_prefix(end + 1);
  return read_address(literal, into);
}

// What follows the host: nothing, or a colon and optionally a number (RFC 3986 §3.2.3).
[[nodiscard]] verdict read_port(std::string_view rest, url& into) {
  if (rest.empty() || rest == ":")
    return std::nullopt;
  const auto* end = rest.data() + rest.size();
  const auto [stop, failed] = std::from_chars(rest.data() + 1, end, into.port);
  if (rest[0] != ':' || failed != std::errc{} || stop != end || into.port == 0)
    return bad_url{"its port is no number from 1 to 65535"};
  return std::nullopt;
}

[[nodiscard]] verdict read_authority(std::string_view authority, url& into) {
  if (authority.find('@') != std::string_view::npos)
    return bad_url{"RFC 3986 §3.2.1: it has a user or a password, which belong in a "
                   "header (Authorization)"};
  if (const auto bad = take_host(authority, into))
    return bad;
  return read_port(authority, into);
}

[[nodiscard]] verdict read_target(std::string_view target, url& into) {
  if (target.find('#') != std::string_view::npos)
    return bad_url{"RFC 6455 §3: it has a fragment (#)"};
  if (!target.starts_with('/'))
    into.target = "/";
  into.target += target;
  if (!split_target(into.target))
    return bad_url{"its path or query has a character or an escape that is not legal"};
  return std::nullopt;
}

[[nodiscard]] std::string port_of(const url& address) {
  const bool is_usual = address.port == (address.is_secure ? secure_port : plain_port);
  return is_usual ? "" : ':' + std::to_string(address.port);
}

[[nodiscard]] bool is_literal(const url& address) noexcept {
  return address.host.find(':') != std::string::npos;
}

} // namespace

std::string url::authority() const {
  return (is_literal(*this) ? '[' + host + ']' : host) + port_of(*this);
}

std::string url::dialed_host() const {
  return zone.empty() ? host : host + '%' + zone;
}

std::string to_string(const url& address) {
  const std::string scheme = address.is_secure ? "wss://" : "ws://";
  if (address.zone.empty())
    return scheme + address.authority() + address.target;
  return scheme + '[' + address.host + "%25" + percent_encode(address.zone) + ']'
         + port_of(address) + address.target;
}

std::variant<url, bad_url> parse_url(std::string_view text) {
  url found;
  if (const auto bad = take_scheme(text, found))
    return *bad;
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  if (const auto bad = read_authority(text.substr(0, end), found))
    return *bad;
  if (const auto bad = read_target(text.substr(end), found))
    return *bad;
  return found;
}

bool is_same_origin(const url& a, const url& b) noexcept {
  return a.is_secure == b.is_secure && a.port == b.port && a.zone == b.zone
         && equal_ignoring_case(a.host, b.host);
}

// A password may contain any character, so only what follows the last @ is safe.
std::string without_secrets(std::string_view text) {
  const std::size_t colon = text.find("://");
  const bool has_scheme =
      colon != std::string_view::npos
      && std::all_of(text.begin(), text.begin() + colon, is_alphanumeric);
  std::string shown(text.substr(0, has_scheme ? colon + 3 : 0));
  text.remove_prefix(shown.size());
  if (const std::size_t user_end = text.rfind('@'); user_end != std::string_view::npos) {
    text.remove_prefix(user_end + 1);
    shown += "...@";
  }
  const auto* end = std::find_if_not(text.begin(), text.end(), is_shown);
  const auto size = std::min(static_cast<std::size_t>(end - text.begin()), longest_shown);
  shown.append(text.substr(0, size));
  return size < text.size() ? shown + "..." : shown;
}

} // namespace websock::http
