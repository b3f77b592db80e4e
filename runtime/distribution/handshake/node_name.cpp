// What is a name of a node, and what is wrong with what is none.
#include "node_name.hpp"

#include <algorithm>
#include <stdexcept>

namespace websock::runtime::distribution {

namespace {

[[nodiscard]] bool is_one_of(char octet, std::string_view others) {
  return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z')
         || (octet >= '0' && octet <= '9')
         || others.find(octet) != std::string_view::npos;
}

// A name before the @ is what net_kernel takes; hosts may be addresses of IPv6.
[[nodiscard]] bool is_made_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(),
                     [others](char octet) { return is_one_of(octet, others); });
}

/// What is wrong with it; empty if nothing.
[[nodiscard]] std::string_view fault_of_name(std::string_view text) {
  if (text.size() > node_name::most_octets)
    return "longer than 255 octets";
  const auto at = text.find('@');
  if (at == std::string_view::npos || at + 1 == text.size())
    return "without a host: it must be name@host";
  if (at == 0)
    return "without a name before the @: it must be name@host";
  if (!is_made_of(text.substr(0, at), "_-"))
    return "not a name of a node: before the @ are letters, digits, _ and -";
  if (!is_made_of(text.substr(at + 1), "_-.:"))
    return "not a name of a node: behind the @ is a host name or an address";
  return {};
}

// Messages are read on terminals and in logs, hence nothing but plain characters, and
// few.
[[nodiscard]] std::string shown(std::string_view text) {
  std::string plain(text.substr(0, 80));
  std::replace_if(
      plain.begin(), plain.end(), [](char octet) { return octet < ' ' || octet > '~'; },
      '?');
  return plain;
}

} // namespace

node_name node_name::parse(std::string_view text, std::string_view option) {
  const auto wrong = fault_of_name(text);
  if (!wrong.empty())
    throw std::invalid_argument(std::string(option) + " is \"" + shown(text) + "\", "
                                + std::string(wrong));
  return {text, text.find('@')};
}

std::optional<node_name> node_name::read(std::string_view text) {
  if (!fault_of_name(text).empty())
    return std::nullopt;
  return node_name{text, text.find('@')};
}

std::string_view node_name::alive() const noexcept {
  return std::string_view(text_).substr(0, at_);
}

std::string_view node_name::host() const noexcept {
  return std::string_view(text_).substr(at_ + 1);
}

bool node_name::is_long() const noexcept {
  return host().find_first_of(".:") != std::string_view::npos;
}

} // namespace websock::runtime::distribution
