// Reads and writes cookies.
#include "websock/http/cookie.hpp"

#include "websock/http/token.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace websock::http {

namespace {

[[noreturn]] void reject(const std::string& member, std::string_view why) {
  throw std::invalid_argument("cookie." + member + std::string(why));
}

// RFC 6265 §4.1.1: cookie-octet. Quotes around a value would be part of it.
bool is_cookie_octet(char c) noexcept {
  return c > 0x20 && c < 0x7F
         && std::string_view{"\",;\\"}.find(c) == std::string_view::npos;
}

// RFC 6265 §4.1.1: any character except controls and a semicolon.
bool is_attribute_octet(char c) noexcept {
  return c >= 0x20 && c < 0x7F && c != ';';
}

void check_attribute(const std::string& member, std::string_view value) {
  if (!std::all_of(value.begin(), value.end(), is_attribute_octet))
    reject(member, ": a semicolon, or no printable ASCII");
}

void check(const cookie& what) {
  if (!is_token(what.name))
    reject("name", ": must be a token of RFC 9110");
  if (!std::all_of(what.value.begin(), what.value.end(), is_cookie_octet))
    reject("value", " has an octet that RFC 6265 §4.1.1 forbids");
  check_attribute("path", what.path);
  check_attribute("domain", what.domain);
  if (!what.path.empty() && !what.path.starts_with('/'))
    reject("path", ": must start with a slash");
  if (what.max_age && what.max_age->count() < 0)
    reject("max_age", " is negative");
}

// RFC 6265bis §4.1.3, §5.7: a browser drops these without a word.
void check_security(const cookie& what) {
  if (what.secure && (!what.name.starts_with("__Host-")))
    return;
  if (!what.secure && what.same_site == same_site::none)
    reject("secure", ": a cookie with SameSite none must have it");
  if (!what.secure
      && (what.name.starts_with("__Host-") || what.name.starts_with("__Secure-")))
    reject("secure", ": a cookie with this prefix must have it");
  if (what.name.starts_with("__Host-") && what.path != "/")
    reject("path", ": must be / for the prefix __Host-");
  if (what.name.starts_with("__Host-") && !what.domain.empty())
    reject("domain", ": must be empty for the prefix __Host-");
}

std::string_view attribute_of(same_site how) noexcept {
  switch (how) {
  case same_site::strict:
    return "; SameSite=Strict";
  case same_site::lax:
    return "; SameSite=Lax";
  case same_site::none:
    return "; SameSite=None";
  default:
    return {};
  }
}

} // namespace

std::optional<std::string_view> find_cookie(std::string_view header,
                                            std::string_view name) noexcept {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trim(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && trim(pair.substr(0, equals)) == name)
      return trim(pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::string set_cookie(const cookie& what) {
  check(what);
  check_security(what);
  std::string header = what.name + '=' + what.value;
  if (!what.path.empty())
    header.append("; Path=").append(what.path);
  if (!what.domain.empty())
    header.append("; Domain=").append(what.domain);
  if (what.max_age)
    header.append("; Max-Age=").append(std::to_string(what.max_age->count()));
  if (what.secure)
    header.append("; Secure");
  if (what.http_only)
    header.append("; HttpOnly");
  return header.append(attribute_of(what.same_site));
}

} // namespace websock::http
