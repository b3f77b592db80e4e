// Monitors by either side's reference.
#include "monitor_table.hpp"

#include "../table/rollback.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime::distribution {

namespace {

template <class Table>
[[nodiscard]] auto in_order(Table& table) {
  std::vector<std::pair<reference, typename Table::mapped_type>> list;
  list.reserve(table.size());
  for (auto& [ref, made] : table)
    list.emplace_back(ref, std::move(made));
  table.clear();
  std::sort(list.begin(), list.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return list;
}

template <class Table>
[[nodiscard]] auto taken_from(Table& table, reference ref) {
  std::optional<typename Table::mapped_type> found;
  if (auto node = table.extract(ref))
    found = std::move(node.mapped());
  return found;
}

} // namespace

std::optional<outgoing_monitor> monitor_table::take(reference ours) {
  return taken_from(outgoing_, ours);
}

bool monitor_table::add(reference ours, incoming_monitor made) {
  const auto listed = ours_of_.emplace(made.theirs, ours);
  if (!listed.second)
    return false;
  runtime::detail::rollback unlisted([&] { ours_of_.erase(listed.first); });
  incoming_.emplace(ours, std::move(made));
  unlisted.keep();
  return true;
}

std::optional<incoming_monitor> monitor_table::take_incoming(reference ours) {
  auto found = taken_from(incoming_, ours);
  if (found)
    ours_of_.erase(found->theirs);
  return found;
}

std::optional<monitor_table::known_monitor>
monitor_table::take_incoming(const etf::reference& theirs) {
  const auto known = ours_of_.find(theirs);
  if (known == ours_of_.end())
    return std::nullopt;
  const auto ours = known->second;
  ours_of_.erase(known);
  return known_monitor{ours, *taken_from(incoming_, ours)};
}

std::vector<std::pair<reference, outgoing_monitor>> monitor_table::take_outgoing() {
  return in_order(outgoing_);
}

std::vector<std::pair<reference, incoming_monitor>> monitor_table::take_incoming() {
  auto all = in_order(incoming_);
  ours_of_.clear();
  return all;
}

} // namespace websock::runtime::distribution
