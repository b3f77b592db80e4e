// What this node has to say to another, one message at a time.
#include "websock/channels/presence/presence_state.hpp"

#include <utility>

namespace websock::channels {

namespace said = presence_message;

bool presence_state::has_something_for(const peer& to) const noexcept {
  return to.owes_heartbeat || to.owes_question
         || (to.is_heard && (to.asked || to.told < log_.seq()));
}

std::vector<std::string> presence_state::nodes_to_tell() const {
  std::vector<std::string> all;
  for (const auto& [node, each] : peers_)
    if (has_something_for(each))
      all.push_back(node);
  return all;
}

// The heartbeat comes first: a new connection begins with it.
std::optional<said::any> presence_state::next_message(const std::string& node) {
  auto* const to = find_peer(node);
  if (to == nullptr)
    return std::nullopt;
  if (std::exchange(to->owes_heartbeat, false))
    return heartbeat(*to);
  if (std::exchange(to->owes_question, false))
    if (auto asked = question(node))
      return asked;
  if (!to->is_heard)
    return std::nullopt;
  const bool has_steps = to->told < log_.seq();
  if (to->asked && (!has_steps || to->last_were_steps)) {
    to->last_were_steps = false;
    return answer(*to, *std::exchange(to->asked, std::nullopt));
  }
  if (!has_steps)
    return std::nullopt;
  to->last_were_steps = true;
  return next_steps(*to);
}

said::heartbeat presence_state::heartbeat(peer& to) {
  to.is_greeted = true;
  return {self_->node, log_.creation(), to.told};
}

std::optional<said::any> presence_state::question(const std::string& node) {
  const auto found = lives_.find(node);
  auto* copy = found == lives_.end() ? nullptr : found->second.living();
  const auto lack = copy == nullptr ? std::nullopt : copy->lacks();
  if (!lack)
    return std::nullopt;
  return said::ask{self_->node, copy->owner()->creation, lack->after, lack->cursor};
}

said::any presence_state::next_steps(peer& to) {
  const auto after = to.told;
  auto list = log_.steps_between(after, log_.seq());
  if (!list || list->empty()) { // it will ask for what it has missed
    to.told = log_.seq();
    return heartbeat(to);
  }
  to.told += list->size();
  to.is_greeted = true;
  return said::steps{self_->node, log_.creation(), after + 1, std::move(*list)};
}

// A snapshot begins with what is true now: steps that were to be sent are in it.
said::any presence_state::answer(peer& to, const said::ask& what) {
  if (what.creation != log_.creation() || (what.cursor == 0 && what.after >= to.told))
    return heartbeat(to);
  if (what.cursor == 0)
    if (auto list = log_.steps_between(what.after, to.told))
      return said::steps{self_->node, log_.creation(), what.after + 1, std::move(*list)};
  auto part = log_.entries_after(what.cursor);
  if (what.cursor == 0)
    to.told = log_.seq();
  return said::piece{self_->node, log_.creation(),         log_.seq(),
                     what.cursor, std::move(part.entries), part.is_last};
}

said::farewell presence_state::farewell() const {
  return {self_->node, log_.creation()};
}

} // namespace websock::channels
