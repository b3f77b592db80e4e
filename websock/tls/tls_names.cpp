// Matches server names.
#include "websock/tls/tls_names.hpp"

#include <algorithm>
#include <cstddef>

namespace websock {

namespace {

constexpr std::size_t longest_host = 253;
constexpr std::size_t longest_label = 63;

[[nodiscard]] char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] bool is_host_character(char c) noexcept {
  c = lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

} // namespace

std::string canonical_host(std::string_view host) {
  if (host.ends_with('.'))
    host.remove_suffix(1);
  std::string canonical(host);
  std::transform(canonical.begin(), canonical.end(), canonical.begin(), lower);
  return canonical;
}

bool is_host_pattern(std::string_view host) noexcept {
  if (host.starts_with("*."))
    host.remove_prefix(2);
  if (host.empty() || host.size() > longest_host)
    return false;
  std::size_t label = 0;
  for (const char c : host) {
    if (c == '.' ? label == 0 : !is_host_character(c))
      return false;
    label = c == '.' ? 0 : label + 1;
    if (label > longest_label)
      return false;
  }
  return label > 0 || host.size() > 1;
}

bool covers(std::string_view pattern, std::string_view name) noexcept {
  if (!pattern.starts_with("*."))
    return pattern == name;
  const auto dot = name.find('.');
  return dot != std::string_view::npos && dot > 0
         && name.substr(dot) == pattern.substr(1);
}

} // namespace websock
