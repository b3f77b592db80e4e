// Origins, and which of them may connect.
#include "websock/http/origin.hpp"

#include "websock/http/characters.hpp"
#include "websock/http/target.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace websock::http {

namespace {

constexpr std::string_view scheme_end = "://";

bool is_alpha(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + 32);
  return out;
}

// RFC 3986 §3.1.
bool is_scheme(std::string_view text) noexcept {
  const auto follows = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  };
  return !text.empty() && is_alpha(text.front())
         && std::all_of(text.begin(), text.end(), follows);
}

// A name as browsers send it (IDNA in its ASCII form), an IPv4 address, or an IPv6
// address in brackets.
bool is_host(std::string_view text) noexcept {
  if (text.starts_with('[')) {
    const auto in_address = [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':'
             || c == '.';
    };
    return text.size() > 4 && text.ends_with(']')
           && std::all_of(text.begin() + 1, text.end() - 1, in_address);
  }
  const auto in_name = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), in_name);
}

std::uint16_t default_port(std::string_view scheme) noexcept {
  if (scheme == "http" || scheme == "ws")
    return 80;
  return scheme == "https" || scheme == "wss" ? 443 : 0;
}

std::optional<std::uint16_t> nonzero_port(std::string_view digits) noexcept {
  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || stop != end || port == 0)
    return std::nullopt;
  return port;
}

// The position of the port, if any: after a colon outside an IPv6 address.
std::size_t find_port(std::string_view authority) noexcept {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  const bool is_inside = bracket != std::string_view::npos && colon < bracket;
  return colon == std::string_view::npos || is_inside ? authority.size() : colon;
}

std::optional<origin> parse_authority(std::string_view scheme,
                                      std::string_view authority) {
  const std::size_t colon = find_port(authority);
  const std::string_view host = authority.substr(0, colon);
  if (!is_host(host))
    return std::nullopt;
  origin parsed{lower(scheme), lower(host), default_port(lower(scheme))};
  if (colon == authority.size())
    return parsed;
  const auto port = nonzero_port(authority.substr(colon + 1));
  if (!port)
    return std::nullopt;
  parsed.port = *port;
  return parsed;
}

// RFC 9112 §3.2.2: in absolute-form, the target replaces Host.
std::string_view authority_of(const request& request) noexcept {
  const std::string_view target = request.target();
  if (target.starts_with('/') || target == whole_server)
    return request.header("Host").value_or("");
  const std::string_view rest =
      target.substr(std::min(target.find(scheme_end), target.size() - 3) + 3);
  return rest.substr(0, rest.find_first_of("/?"));
}

// What browsers send for pages that did not come from a server. Each is treated as an
// origin without a host, which never equals a server's.
std::optional<origin> read_origin(std::string_view text) {
  if (text == "null")
    return origin{"null", {}, 0};
  if (text == "file://")
    return origin{"file", {}, 0};
  return parse_origin(text);
}

bool is_same_origin(const origin& page, const request& request, channel through) {
  const bool is_https = page.scheme == "https";
  if (!is_https && (through == channel::secure || page.scheme != "http"))
    return false;
  return parse_authority(page.scheme, authority_of(request)) == page;
}

} // namespace

std::optional<origin> parse_origin(std::string_view text) {
  const std::size_t end = text.find(scheme_end);
  if (end == std::string_view::npos || !is_scheme(text.substr(0, end)))
    return std::nullopt;
  return parse_authority(text.substr(0, end), text.substr(end + scheme_end.size()));
}

bool is_listable(std::string_view text) {
  return read_origin(text).has_value();
}

std::optional<std::string_view> origin_policy::refuses(const request& request,
                                                       channel through) const {
  const auto sent = request.header_values("Origin");
  if (kind_ == kind::any || sent.empty())
    return std::nullopt;
  if (sent.size() > 1)
    return "RFC 6454 §7.3: more than one Origin";
  const auto page = read_origin(sent[0]);
  if (!page)
    return "RFC 6455 §10.2: this Origin names no server";
  const bool is_welcome =
      kind_ == kind::listed ? is_listed(*page) : is_same_origin(*page, request, through);
  if (is_welcome)
    return std::nullopt;
  return "RFC 6455 §10.2: pages of this Origin may not connect here";
}

bool origin_policy::is_listed(const origin& page) const {
  return std::any_of(allowed_.begin(), allowed_.end(), [&](const pattern& each) {
    if (!each.subdomains)
      return each.base == page;
    return each.base.scheme == page.scheme && each.base.port == page.port
           && page.host.size() > each.base.host.size()
           && page.host.ends_with(each.base.host);
  });
}

origin_policy::pattern origin_policy::parse_pattern(const std::string& text) {
  const std::size_t star = text.find("://*.");
  const bool subdomains = star != std::string::npos;
  std::string plain = text;
  if (subdomains)
    plain.erase(star + scheme_end.size(), 2);
  auto listed = read_origin(plain);
  if (!listed || (subdomains && (listed->host.empty() || listed->host.starts_with('['))))
    throw std::invalid_argument(
        "origin is \"" + text
        + "\": it must be like https://app.example.org or https://*.example.org, without "
          "a path, or null or file://");
  if (subdomains)
    listed->host.insert(0, ".");
  return {*std::move(listed), subdomains};
}

origin_policy any_origin() {
  origin_policy policy;
  policy.kind_ = origin_policy::kind::any;
  return policy;
}

origin_policy origins(const std::vector<std::string>& allowed) {
  origin_policy policy;
  policy.kind_ = origin_policy::kind::listed;
  for (const auto& each : allowed)
    policy.allowed_.push_back(origin_policy::parse_pattern(each));
  return policy;
}

} // namespace websock::http
