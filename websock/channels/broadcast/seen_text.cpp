// What a position includes, as text.
#include "websock/channels/broadcast/seen_text.hpp"

#include "websock/channels/envelope/json.hpp"

namespace websock::channels {

namespace {

constexpr std::size_t most_members = 64;

} // namespace

std::string seen_text(const seen_sources& seen) {
  json members = {{"", seen.when}};
  for (const auto& each : seen.last)
    members[each.source] = each.number;
  return members.dump();
}

std::optional<seen_sources> seen_from(const std::string& text) {
  const auto members = json::parse(text, nullptr, false);
  if (!members.is_object() || members.size() > most_members)
    return std::nullopt;
  seen_sources seen;
  for (const auto& [source, number] : members.items()) {
    if (source.size() > most_source_octets || !number.is_number_unsigned())
      return std::nullopt;
    if (source.empty())
      seen.when = number.get<std::uint64_t>();
    else
      seen.last.push_back({source, number.get<std::uint64_t>()});
  }
  return seen;
}

} // namespace websock::channels
