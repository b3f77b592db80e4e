// Resolves references to other URLs.
#include "websock/http/redirect.hpp"

#include "websock/http/token.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace websock::http {

namespace {

/// RFC 3986 §3.1: what precedes a colon, if no other delimiter of a URL comes first.
[[nodiscard]] std::optional<std::string_view> scheme_of(std::string_view reference) {
  const std::size_t end = reference.find_first_of(":/?");
  if (end == std::string_view::npos || reference[end] != ':')
    return std::nullopt;
  return reference.substr(0, end);
}

[[nodiscard]] std::variant<url, bad_url> absolute(std::string_view scheme,
                                                  std::string_view rest) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> known{
      {{"ws", "ws:"}, {"wss", "wss:"}, {"http", "ws:"}, {"https", "wss:"}}};
  for (const auto& [name, ours] : known)
    if (equal_ignoring_case(scheme, name))
      return parse_url(std::string(ours).append(rest));
  return bad_url{"its scheme is none of ws, wss, http and https"};
}

/// RFC 3986 §5.2.4, for a path that starts with a slash.
[[nodiscard]] std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(0, end); // including its slash
    path.remove_prefix(end);
    if (segment == "/..")
      out.resize(std::min(out.rfind('/'), out.size()));
    else if (segment != "/.")
      out += segment;
    if (path.empty() && (segment == "/.." || segment == "/."))
      out += '/';
  }
  return out;
}

[[nodiscard]] std::variant<url, bad_url> relative(url base, std::string_view reference) {
  const std::string_view old_path =
      std::string_view(base.target).substr(0, base.target.find('?'));
  const std::size_t path_size = std::min(reference.find('?'), reference.size());
  const auto path = reference.substr(0, path_size);
  std::string full(path);
  if (path.empty())
    full = old_path;
  else if (!path.starts_with('/'))
    full = std::string(old_path.substr(0, old_path.rfind('/') + 1)).append(path);
  if (!path.empty())
    full = without_dots(full);
  if (reference.empty())
    full = base.target; // including its query
  base.target = full.append(reference.substr(path_size));
  return parse_url(to_string(base)); // which checks the new target
}

} // namespace

bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307
         || status == 308;
}

std::variant<url, bad_url> redirected(const url& base, std::string_view location) {
  location = location.substr(0, location.find('#')); // RFC 9110 §10.2.2: not used here
  const auto scheme = scheme_of(location);
  auto next = scheme ? absolute(*scheme, location.substr(scheme->size() + 1))
              : location.starts_with("//")
                  ? absolute(base.is_secure ? "wss" : "ws", location)
                  : relative(base, location);
  const auto* target = std::get_if<url>(&next);
  if (target != nullptr && base.is_secure && !target->is_secure)
    return bad_url{"it leads from wss to ws"};
  return next;
}

} // namespace websock::http
