// Numbers of others and gaps between them; who comes and goes.
#include "heard_nodes.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime::redis {

heard heard_nodes::publication(const sender_mark& from, time_point now) {
  const auto known = nodes_.find(from.node);
  const bool is_repeated = known != nodes_.end() && known->second.epoch == from.epoch
                           && from.sequence <= known->second.last;
  if (from.sequence == 0 || is_repeated)
    return {heard::order::late, {}};
  auto result = upto(from, from.sequence - 1, now);
  if (result.place == heard::order::next)
    nodes_.find(from.node)->second.last = from.sequence;
  return rise(from.node, std::move(result));
}

heard heard_nodes::beat(const sender_mark& from, time_point now) {
  return rise(from.node, upto(from, from.sequence, now));
}

heard heard_nodes::leave(const sender_mark& from, time_point now) {
  auto result = upto(from, from.sequence, now);
  if (result.place != heard::order::next)
    return result;
  auto& node = nodes_.find(from.node)->second;
  node.has_left = true;
  if (node.is_up)
    result.changes.push_back(fall(from.node, node, "it has left"));
  return result;
}

heard heard_nodes::rise(const std::string& node, heard result) {
  if (result.place != heard::order::next)
    return result;
  if (!std::exchange(nodes_.find(node)->second.is_up, true))
    result.changes.emplace_back(node_up{node});
  return result;
}

node_change heard_nodes::fall(const std::string& name, state& node, const char* why) {
  node.is_up = false;
  return node_down{name, why};
}

std::vector<node_change> heard_nodes::fallen_silent(time_point now) {
  std::vector<node_change> gone;
  for (auto& [name, node] : nodes_)
    if (node.is_up && !is_present(node, now))
      gone.push_back(fall(name, node, "nothing is heard of it"));
  return gone;
}

std::vector<node_change> heard_nodes::taken_leave() {
  std::vector<node_change> gone;
  for (auto& [name, node] : nodes_)
    if (node.is_up)
      gone.push_back(fall(name, node, "this node has left"));
  return gone;
}

void heard_nodes::interrupted() noexcept {
  for (auto& [name, node] : nodes_)
    node.may_have_missed = true;
}

// Up to `expected` everything should have been heard.
heard heard_nodes::upto(const sender_mark& from, std::uint64_t expected, time_point now) {
  const auto known = nodes_.find(from.node);
  heard result;
  if (known == nodes_.end()) {
    if (nodes_.size() >= most_nodes) {
      result.changes = fallen_silent(now);
      result.place = make_room(now) ? heard::order::next : heard::order::ignored;
    }
    if (result.place == heard::order::next)
      nodes_[from.node] = {from.epoch, 0, expected, now};
    return result;
  }
  auto& node = known->second;
  if (from.epoch == node.epoch_before)
    return {heard::order::late, {}};
  if (node.epoch != from.epoch && node.is_up)
    result.changes.push_back(fall(from.node, node, "it has been started again"));
  if (node.epoch != from.epoch)
    result.missing = begin_life(node, from, expected);
  else if (expected > node.last)
    result.missing.push_back({from.node, node.last + 1, expected});
  node.last = std::max(node.last, expected);
  node.heard_at = now;
  node.has_left = false;
  node.may_have_missed = false;
  return result;
}

// The end of the life before may not have been heard, and then nobody knows its length.
// Of the new life, all is missing that was published before its first envelope.
std::vector<pubsub::gap> heard_nodes::begin_life(state& node, const sender_mark& from,
                                                 std::uint64_t expected) {
  std::vector<pubsub::gap> missing;
  if (node.may_have_missed && !node.has_left)
    missing.push_back({from.node, node.last + 1, pubsub::gap::unknown});
  if (expected > 0)
    missing.push_back({from.node, 1, expected});
  node.epoch_before = node.epoch;
  node.epoch = from.epoch;
  node.last = expected;
  return missing;
}

bool heard_nodes::make_room(time_point now) {
  const auto silent = std::min_element(
      nodes_.begin(), nodes_.end(), [](const auto& one, const auto& other) {
        return one.second.heard_at < other.second.heard_at;
      });
  if (is_present(silent->second, now))
    return false;
  nodes_.erase(silent);
  return true;
}

bool heard_nodes::is_present(const state& node, time_point now) const noexcept {
  return !node.has_left && now - node.heard_at < silence_;
}

bool heard_nodes::has(std::string_view name, time_point now) const {
  const auto known = nodes_.find(name);
  return known != nodes_.end() && is_present(known->second, now);
}

std::vector<std::string> heard_nodes::present(time_point now) const {
  std::vector<std::string> found;
  for (const auto& [name, node] : nodes_)
    if (is_present(node, now))
      found.push_back(name);
  return found;
}

} // namespace websock::runtime::redis
