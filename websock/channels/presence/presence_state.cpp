// What this node tracks, and what it hears of others.
#include "websock/channels/presence/presence_state.hpp"

#include "websock/runtime/time/deadline.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

namespace websock::channels {

presence_state::presence_state(const std::string& node, number creation,
                               const presence_limits& limits,
                               const presence_periods& periods)
    : self_(std::make_shared<presence_owner>(presence_owner{node, creation})),
      limits_(limits), periods_(periods), log_(creation, limits) {
}

// What this node tracks.

const presence_entry* presence_state::find(number local, const std::string& topic,
                                           const std::string& key) const {
  const auto id = locals_.find({local, topic, key});
  return id ? log_.find(*id) : nullptr;
}

bool presence_state::track(number local, const presence_entry& entry) {
  const presence_locals::place at{local, entry.topic, entry.key};
  if (locals_.find(at))
    return false;
  const auto id = log_.seq() + 1;
  locals_.add(at, id);
  try {
    log_.track(entry);
  } catch (...) {
    locals_.remove(at);
    throw;
  }
  show(id, entry);
  return true;
}

// Without memory for that it is shown with the next heartbeat.
void presence_state::show(number id, const presence_entry& entry) noexcept {
  try {
    view_.show(self_, id, entry.topic, entry.key, entry.meta);
  } catch (...) {
    self_->has_hidden = true;
  }
}

bool presence_state::update(number local, const std::string& topic,
                            const std::string& key, const meta_text& meta) {
  const auto id = locals_.find({local, topic, key});
  if (!id)
    return false;
  log_.update(*id, meta);
  show(*id, *log_.find(*id));
  return true;
}

bool presence_state::untrack(number local, const std::string& topic,
                             const std::string& key) {
  const presence_locals::place at{local, topic, key};
  const auto id = locals_.find(at);
  if (!id)
    return false;
  view_.hide(self_, *id, topic, key);
  log_.untrack(*id);
  locals_.remove(at);
  return true;
}

void presence_state::untrack_in(number local, const std::string& topic) {
  while (const auto at = locals_.any_of(local, &topic))
    untrack(local, std::get<1>(*at), std::get<2>(*at));
}

void presence_state::untrack_all(number local) {
  while (const auto at = locals_.any_of(local))
    untrack(local, std::get<1>(*at), std::get<2>(*at));
}

// Who is connected.

void presence_state::node_up(const std::string& node) {
  if (node == self_->node || (peers_.size() >= limits_.most_nodes && !find_peer(node)))
    return;
  const auto [place, is_new] = peers_.try_emplace(node);
  if (is_new)
    place->second.told = log_.seq();
  place->second.owes_heartbeat = true;
}

void presence_state::node_down(const std::string& node, runtime::time_point now) {
  peers_.erase(node);
  if (const auto found = lives_.find(node); found != lives_.end())
    found->second.lose(now);
}

presence_state::peer* presence_state::find_peer(const std::string& node) {
  const auto found = peers_.find(node);
  return found == peers_.end() ? nullptr : &found->second;
}

std::vector<std::string> presence_state::connected_nodes() const {
  std::vector<std::string> all;
  for (const auto& [node, each] : peers_)
    all.push_back(node);
  return all;
}

// What others say.

void presence_state::take(const presence_message::any& message, runtime::time_point now) {
  std::visit(
      [&](const auto& said) {
        if (find_peer(said.node) != nullptr)
          take_in(said, now);
      },
      message);
}

presence_lives* presence_state::lives_of(const std::string& node) {
  if (const auto found = lives_.find(node); found != lives_.end())
    return &found->second;
  if (lives_.size() >= limits_.most_nodes)
    return nullptr;
  return &lives_.emplace(node, presence_lives(node, limits_, periods_)).first->second;
}

void presence_state::take_in(const presence_message::heartbeat& message,
                             runtime::time_point now) {
  auto& from = *find_peer(message.node);
  const bool is_new = !from.is_heard || from.life != message.creation;
  from.is_heard = true;
  from.life = message.creation;
  from.owes_heartbeat = from.owes_heartbeat || is_new;
  auto* lives = lives_of(message.node);
  auto* copy = lives == nullptr ? nullptr : lives->meet(message.creation, now, view_);
  if (copy == nullptr)
    return;
  copy->hear(message.seq);
  catch_up(message.node, now);
}

void presence_state::take_in(const presence_message::steps& message,
                             runtime::time_point now) {
  auto* lives = lives_of(message.node);
  auto* copy = lives == nullptr ? nullptr : lives->meet(message.creation, now, view_);
  if (copy == nullptr)
    return;
  if (copy->take(message, view_) == intake::something && !copy->needs_pieces())
    find_peer(message.node)->waiting_since.reset();
  catch_up(message.node, now);
}

// Only what was asked for: a snapshot is memory.
void presence_state::take_in(const presence_message::piece& message,
                             runtime::time_point now) {
  auto& from = *find_peer(message.node);
  auto* lives = lives_of(message.node);
  auto* copy = lives == nullptr || !from.waiting_since
                   ? nullptr
                   : lives->meet(message.creation, now, view_);
  if (copy == nullptr)
    return;
  if (copy->take(message, view_) == intake::something)
    from.waiting_since.reset();
  catch_up(message.node, now);
}

void presence_state::take_in(const presence_message::ask& message, runtime::time_point) {
  find_peer(message.node)->asked = message;
}

void presence_state::take_in(const presence_message::farewell& message,
                             runtime::time_point) {
  find_peer(message.node)->is_heard = false;
  if (const auto found = lives_.find(message.node); found != lives_.end())
    found->second.bury(message.creation, view_);
}

void presence_state::catch_up(const std::string& node, runtime::time_point now) {
  auto& lives = lives_.at(node);
  auto* const copy = lives.living();
  auto* const from = find_peer(node);
  if (copy == nullptr || from == nullptr)
    return;
  if (!copy->lacks()) {
    lives.settle(view_);
    return;
  }
  const auto patience = periods_.heartbeat * ticks_before_asking_again;
  if (from->waiting_since && runtime::deadline_in(*from->waiting_since, patience) > now)
    return;
  from->waiting_since = now;
  from->owes_question = true;
}

void presence_state::tick(runtime::time_point now) {
  ++ticks_;
  if (std::exchange(self_->has_hidden, false))
    for (const auto& [id, each] : log_.entries())
      show(id, each);
  for (auto& [node, each] : peers_) {
    if (each.is_heard ? !each.is_greeted : ticks_ % ticks_between_greetings == 0)
      each.owes_heartbeat = true;
    each.is_greeted = false;
  }
  for (auto each = lives_.begin(); each != lives_.end();) {
    each->second.expire(now, view_);
    catch_up(each->first, now);
    each = each->second.is_forgotten() && find_peer(each->first) == nullptr
               ? lives_.erase(each)
               : std::next(each);
  }
}

} // namespace websock::channels
