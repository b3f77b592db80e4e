// Steps, and what is kept of them for others.
#include "websock/channels/presence/presence_log.hpp"

#include <stdexcept>
#include <utility>

namespace websock::channels {

presence_log::number presence_log::track(presence_entry entry) {
  const auto id = seq_ + 1;
  put(id, entry);
  try {
    remember({action::track, id, std::move(entry)});
  } catch (...) {
    entries_.erase(id);
    throw;
  }
  return id;
}

void presence_log::update(number id, meta_text meta) {
  auto entry = *find(id);
  auto before = std::exchange(entry.meta, std::move(meta));
  put(id, entry);
  try {
    remember({action::update, id, {{}, {}, entry.meta}});
  } catch (...) {
    entry.meta = std::move(before);
    entries_.put(id, std::move(entry), limits_);
    throw;
  }
}

void presence_log::untrack(number id) {
  remember({action::untrack, id, {}});
  entries_.erase(id);
}

void presence_log::put(number id, const presence_entry& entry) {
  if (entry.topic.size() > limits_.name_octets || entry.key.size() > limits_.name_octets)
    throw std::length_error("presence: the topic or the key is longer than name_octets");
  if (entry.meta->size() > limits_.meta_octets)
    throw std::length_error("presence: the meta is longer than meta_octets");
  if (entries_.put(id, entry, limits_) == nullptr)
    throw std::length_error("presence: more than most_entries or most_octets");
}

void presence_log::remember(past_step made) {
  const auto octets = made.octets();
  history_.push_back(std::move(made));
  history_octets_ += octets;
  ++seq_;
  while (history_.size() > limits_.history_steps
         || history_octets_ > limits_.history_octets) {
    history_octets_ -= history_.front().octets();
    history_.pop_front();
  }
}

std::optional<std::vector<presence_message::step>>
presence_log::steps_between(number after, number last) const {
  const auto forgotten = seq_ - history_.size();
  if (after < forgotten || last > seq_)
    return std::nullopt;
  std::vector<presence_message::step> found;
  std::size_t octets = 0;
  for (auto i = after - forgotten; i < last - forgotten; ++i) {
    if (octets >= limits_.message_octets)
      break;
    octets += history_[i].octets();
    found.push_back(history_[i].message());
  }
  return found;
}

presence_log::part presence_log::entries_after(number cursor) const {
  part found;
  std::size_t octets = 0;
  const auto& all = entries_.all();
  auto each = all.upper_bound(cursor);
  for (; each != all.end() && octets < limits_.message_octets; ++each) {
    const auto& [topic, key, meta] = each->second;
    octets += each->second.octets();
    found.entries.emplace_back(each->first, topic, key, *meta);
  }
  found.is_last = each == all.end();
  return found;
}

// With what its encoding adds.
std::size_t presence_log::past_step::octets() const noexcept {
  constexpr std::size_t frame = 32;
  return frame + entry.topic.size() + entry.key.size()
         + (entry.meta ? entry.meta->size() : 0);
}

presence_message::step presence_log::past_step::message() const {
  switch (what) {
  case action::track:
    return presence_message::tracked{entry.topic, entry.key, *entry.meta};
  case action::update:
    return presence_message::updated{id, *entry.meta};
  case action::untrack:
    break;
  }
  return presence_message::untracked{id};
}

} // namespace websock::channels
