// Changes of any thread, and waking the tracker for them.
#include "websock/channels/presence/presence_table.hpp"

#include "websock/runtime/address/send.hpp"

#include <algorithm>
#include <stdexcept>

namespace websock::channels {

presence_table::presence_table(const std::string& node, number creation,
                               presence_options options)
    : node_(node), options_(std::move(options)),
      address_(options_.name,
               options_.node_name.empty() ? presence_way::names : presence_way::topics),
      state_(node, creation, options_.limits, options_.periods) {
}

bool presence_table::track(const runtime::pid& who, const presence_entry& entry) {
  if (!who || who.is_foreign())
    throw std::invalid_argument("presence: only a process of this node is tracked here");
  auto enrolment = runtime::detail::make_enrolment(shared_from_this());
  {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = locals_.try_emplace(who);
    if (is_new)
      place->second.id = ++last_local_;
    try {
      if (!state_.track(place->second.id, entry))
        return false;
    } catch (...) {
      forget_if_idle(place);
      throw;
    }
    if (!is_new)
      enrolment.reset();
  }
  if (enrolment)
    runtime::detail::enrol(who, std::move(enrolment));
  wake_tracker();
  return true;
}

meta_text presence_table::find(const runtime::pid& who, const std::string& topic,
                               const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = locals_.find(who);
  const auto* entry =
      found == locals_.end() ? nullptr : state_.find(found->second.id, topic, key);
  return entry == nullptr ? nullptr : entry->meta;
}

presence_table::outcome presence_table::update(const runtime::pid& who,
                                               const presence_entry& entry,
                                               const meta_text& before) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = locals_.find(who);
    const auto* now = found == locals_.end()
                          ? nullptr
                          : state_.find(found->second.id, entry.topic, entry.key);
    if (now == nullptr)
      return outcome::is_absent;
    if (now->meta != before)
      return outcome::was_changed;
    state_.update(found->second.id, entry.topic, entry.key, entry.meta);
  }
  wake_tracker();
  return outcome::done;
}

void presence_table::untrack(const runtime::pid& who, const std::string& topic,
                             const std::string& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = locals_.find(who);
    if (found == locals_.end() || !state_.untrack(found->second.id, topic, key))
      return;
    forget_if_idle(found);
  }
  wake_tracker();
}

void presence_table::untrack_all(const runtime::pid& who) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = locals_.find(who);
    if (found == locals_.end())
      return;
    state_.untrack_all(found->second.id);
    locals_.erase(found);
  }
  wake_tracker();
}

// Without memory for the steps its entries stay until the next heartbeat.
void presence_table::forget(const runtime::pid& who) noexcept {
  try {
    untrack_all(who);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (const auto found = locals_.find(who); found != locals_.end())
      found->second.is_gone = true;
    has_gone_ = true;
  }
}

void presence_table::forget_again() {
  if (!has_gone_.exchange(false))
    return;
  std::vector<runtime::pid> gone;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [who, each] : locals_)
      if (each.is_gone)
        gone.push_back(who);
  }
  for (const auto& who : gone)
    forget(who);
}

void presence_table::forget_if_idle(locals::iterator who) {
  if (!state_.has_entries(who->second.id))
    locals_.erase(who);
}

std::vector<presence_view::key_metas> presence_table::list(std::string_view topic) const {
  const std::lock_guard lock(mutex_);
  return state_.view().list(topic);
}

std::vector<meta_text> presence_table::get(std::string_view topic,
                                           std::string_view key) const {
  const std::lock_guard lock(mutex_);
  return state_.view().get(topic, key);
}

std::vector<presence_table::published> presence_table::take_changes() {
  is_woken_ = false;
  const std::lock_guard lock(mutex_);
  std::vector<published> all;
  for (auto& changes : state_.view().take_changes()) {
    std::vector<presence_view::key_metas> present;
    if (options_.hooks.handle_metas)
      present = state_.view().list(changes.topic);
    all.push_back({std::move(changes), std::move(present)});
  }
  return all;
}

void presence_table::wake_tracker() noexcept {
  if (is_woken_.exchange(true))
    return;
  try {
    runtime::send(tracker_, wake{});
  } catch (...) { // no memory: the next heartbeat comes without
    is_woken_ = false;
  }
}

} // namespace websock::channels
