// Names of groups to terms, and back.
#include "group_names.hpp"

#include "etf/utf8.hpp"

#include <cstddef>

namespace websock::runtime::distribution {

namespace {

constexpr std::size_t longest_binary = 65'535;

[[nodiscard]] bool is_atom(const std::string& name) noexcept {
  const auto characters = etf::detail::count_characters(name);
  return characters && *characters <= etf::atom::max_characters;
}

} // namespace

std::optional<etf::value> group_to_etf(group_names called, const std::string& name) {
  if (called == group_names::atoms)
    return is_atom(name) ? std::optional<etf::value>(etf::atom{name}) : std::nullopt;
  return name.size() <= longest_binary ? std::optional<etf::value>(etf::binary{name})
                                       : std::nullopt;
}

std::optional<std::string> group_from_etf(group_names called, const etf::value& name) {
  if (called == group_names::atoms) {
    const auto* atom = name.get_if<etf::atom>();
    return atom == nullptr ? std::nullopt : std::optional(atom->name);
  }
  const auto* binary = name.get_if<etf::binary>();
  return binary == nullptr || binary->octets.size() > longest_binary
             ? std::nullopt
             : std::optional(binary->octets);
}

} // namespace websock::runtime::distribution
