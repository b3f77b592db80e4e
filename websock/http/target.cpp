// Splits the request target.

#include "websock/http/target.hpp"

#include "websock/http/percent.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <array>

namespace websock::http {

namespace {

// Visible ASCII. A fragment is never part of a request, RFC 9112 §3.2. Other characters
// that RFC 3986 forbids unescaped ('|', '{', ...) are sent by real clients and do no
// harm.
bool is_target_char(char c) noexcept {
  return c > 0x20 && c < 0x7F && c != '#';
}

// RFC 9112 §3.2.2: servers must accept absolute-form; only the part after the host
// matters here. Empty if there is no host, or a user before it (RFC 9110 §4.2.4).
std::optional<std::string_view> after_origin(std::string_view target) noexcept {
  for (const std::string_view scheme :
       std::array<std::string_view, 2>{"http://", "https://"}) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme))
      continue;
    target.remove_prefix(scheme.size());
    const std::size_t host_size = std::min(target.find_first_of("/?"), target.size());
    const bool has_user = target.substr(0, host_size).find('@') != std::string_view::npos;
    if (host_size != 0 && !has_user)
      return target.substr(host_size);
  }
  return std::nullopt;
}

target_parts split_query(std::string_view rest) noexcept {
  const std::size_t mark = std::min(rest.find('?'), rest.size());
  const std::string_view query = rest.substr(std::min(mark + 1, rest.size()));
  // RFC 9110 §4.2.3: an empty path after the host means "/".
  return {mark == 0 ? "/" : rest.substr(0, mark), query};
}

bool is_decodable(std::string_view path) {
  const auto decoded = percent_decode(path);
  return decoded && decoded->find('\0') == std::string::npos;
}

} // namespace

std::optional<target_parts> split_target(std::string_view target) {
  if (!std::all_of(target.begin(), target.end(), is_target_char))
    return std::nullopt;
  const auto rest = target.starts_with('/') ? target : after_origin(target);
  if (!rest)
    return std::nullopt;
  const target_parts parts = split_query(*rest);
  if (!is_decodable(parts.path))
    return std::nullopt;
  return parts;
}

} // namespace websock::http
