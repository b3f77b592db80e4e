// What other nodes say on the channel, and who is told of them.
#include "../address/send.hpp"
#include "../distribution/etf/malformed.hpp"
#include "../registry/pubsub.hpp"
#include "member.hpp"

#include <stdexcept>
#include <utility>
#include <variant>

namespace websock::runtime::redis {

void member::pushed(const reply& what) {
  if (what.begins_with("subscribe"))
    return subscribed();
  if (what.type == reply::kind::error)
    return subscription_.give_up("SUBSCRIBE is refused: " + what.text);
  constexpr std::size_t parts = 3; // message, channel, octets
  if (what.begins_with("message") && what.elements.size() == parts)
    hear(what.elements.back().text);
}

// Anybody may publish on a channel: what is no envelope is counted, and no more.
void member::hear(std::string_view octets) {
  try {
    hear_what(read_envelope(octets, limits_));
  } catch (const etf::malformed&) {
    ++counts_.malformed;
  }
}

void member::hear_what(const envelope& what) {
  if (what.from.node == options_.name && what.from.epoch == epoch_) {
    // Subscribers of this node have got its publications already.
    if (const auto* marker = std::get_if<heard_marker>(&what.what)) {
      histories_.marked(marker->id);
      end_readings();
    }
    return;
  }
  const auto heard_now = note(what);
  tell(heard_now.changes);
  if (heard_now.place == heard::order::ignored) {
    ++counts_.malformed;
    return;
  }
  const auto* publication = std::get_if<heard_publication>(&what.what);
  if (heard_now.place == heard::order::late) {
    counts_.late += publication != nullptr ? 1U : 0U;
    return;
  }
  report(heard_now.missing);
  if (publication != nullptr)
    take_publication(*publication);
}

heard member::note(const envelope& what) {
  const auto now = home_.now();
  const std::lock_guard lock(mutex_);
  if (std::holds_alternative<heard_publication>(what.what))
    return others_.publication(what.from, now);
  if (std::holds_alternative<heard_leave>(what.what))
    return others_.leave(what.from, now);
  return others_.beat(what.from, now);
}

// Its number counts as received wherever it is for.
void member::take_publication(const heard_publication& what) {
  ++counts_.received;
  if (!what.to.empty() && what.to != options_.name)
    return;
  const auto message = read_message(what, *identities_, limits_);
  pubsub::detail::publish_arrived(owner_, what.topic, message);
}

// Before what was published after the gap is published here. Histories hear of it too:
// the topics of what is missing are not known, and they may stay silent.
void member::report(const std::vector<pubsub::gap>& missing) {
  if (missing.empty())
    return;
  pubsub::detail::arrivals_interrupted(owner_);
  std::vector<pid> watchers;
  {
    const std::lock_guard lock(mutex_);
    watchers.assign(watchers_.begin(), watchers_.end());
  }
  for (const auto& each : missing) {
    ++counts_.gaps;
    if (each.to != pubsub::gap::unknown)
      counts_.lost += each.to - each.from + 1;
    for (const auto& watcher : watchers)
      runtime::send(watcher, each);
  }
}

std::vector<std::string> member::nodes() const {
  const auto now = home_.read_clock();
  const std::lock_guard lock(mutex_);
  return others_.present(now);
}

bool member::knows(const std::string& node) const {
  const auto now = home_.read_clock();
  const std::lock_guard lock(mutex_);
  return others_.has(node, now);
}

// A shard that was held up has not looked yet at what has arrived meanwhile.
void member::look_for_silence(time_point now) {
  const auto looked_at = std::exchange(looked_at_, now);
  if (now - looked_at > duration(options_.ping_interval) * 2)
    return;
  std::vector<node_change> gone;
  {
    const std::lock_guard lock(mutex_);
    gone = others_.fallen_silent(now);
  }
  tell(gone);
}

void member::take_leave() {
  std::vector<node_change> gone;
  {
    const std::lock_guard lock(mutex_);
    gone = others_.taken_leave();
  }
  tell(gone);
}

void member::tell(const std::vector<node_change>& changes) {
  if (changes.empty())
    return;
  std::vector<pid> watchers;
  {
    const std::lock_guard lock(mutex_);
    watchers.assign(node_watchers_.begin(), node_watchers_.end());
  }
  for (const auto& each : changes) {
    const auto event = std::visit([](const auto& what) { return term(what); }, each);
    for (const auto& watcher : watchers)
      runtime::send(watcher, event);
  }
}

namespace {

void add_watcher(std::set<pid>& to, const pid& watcher) {
  if (!watcher || watcher.is_foreign())
    throw std::invalid_argument(
        "only a process of this node hears of gaps, and of nodes");
  std::erase_if(to, [](const pid& each) { return !each.is_alive(); });
  to.insert(watcher);
}

} // namespace

void member::watch_gaps(const pid& watcher) {
  const std::lock_guard lock(mutex_);
  add_watcher(watchers_, watcher);
}

void member::unwatch_gaps(const pid& watcher) {
  const std::lock_guard lock(mutex_);
  watchers_.erase(watcher);
}

void member::watch_nodes(const pid& watcher) {
  const std::lock_guard lock(mutex_);
  add_watcher(node_watchers_, watcher);
}

void member::unwatch_nodes(const pid& watcher) {
  const std::lock_guard lock(mutex_);
  node_watchers_.erase(watcher);
}

} // namespace websock::runtime::redis
