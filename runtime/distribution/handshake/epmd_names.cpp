// The list of an epmd's nodes, which is text.
#include "epmd_messages.hpp"
#include "octets.hpp"

#include <charconv>
#include <system_error>
#include <utility>

namespace websock::runtime::distribution {

namespace {

/// "name chat at port 9100"
[[nodiscard]] std::optional<epmd_name> name_in(std::string_view line) {
  constexpr std::string_view before = "name ";
  constexpr std::string_view between = " at port ";
  const auto at = line.rfind(between);
  if (line.substr(0, before.size()) != before || at == std::string_view::npos
      || at < before.size())
    return std::nullopt;
  const auto digits = line.substr(at + between.size());
  epmd_name found{std::string(line.substr(before.size(), at - before.size())), 0};
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), found.port);
  if (failure != std::errc() || end != digits.data() + digits.size()
      || !is_epmd_name(found.name))
    return std::nullopt;
  return found;
}

} // namespace

std::optional<std::vector<epmd_name>> read_names_answer(std::string_view octets) {
  detail::fields from(octets);
  static_cast<void>(from.number<std::uint32_t>()); // the port of epmd itself
  if (!from.is_intact())
    return std::nullopt;
  std::vector<epmd_name> names;
  auto lines = from.rest();
  for (auto end = lines.find('\n'); end != std::string_view::npos;
       end = lines.find('\n')) {
    if (auto name = name_in(lines.substr(0, end)))
      names.push_back(std::move(*name));
    lines.remove_prefix(end + 1);
  }
  return names;
}

} // namespace websock::runtime::distribution
