// Histories in memory: two lists of topics, in the order in which they give up theirs.
#include "websock/channels/history/memory_store.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <utility>

namespace websock::channels {

namespace {

[[nodiscard]] std::string text_of(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text;
  for (; number != 0; number /= digits.size())
    text += digits[number % digits.size()];
  return text.empty() ? "0" : text;
}

[[nodiscard]] std::size_t weight(const kept_message& message) noexcept {
  return sizeof(message) + 64 + message.event.size() + message.text.size();
}

} // namespace

memory_store::memory_store(memory_store_limits limits,
                           std::function<std::uint64_t()> random)
    : limits_(limits), random_(std::move(random)) {
  if (limits_.topics == 0)
    throw std::invalid_argument("memory_store_limits::topics: at least 1");
}

std::function<std::uint64_t()> memory_store::random_numbers() {
  return
      [source = std::mt19937_64(std::random_device{}() * std::uint64_t{0x100000000}
                                + std::random_device{}())]() mutable { return source(); };
}

position memory_store::last(std::string_view topic) {
  const std::lock_guard lock(mutex_);
  return find_or_begin(topic)->last;
}

void memory_store::append(std::string_view topic, const topic_options& within,
                          const position& at, std::string_view event,
                          std::string_view text, runtime::time_point now) {
  auto made = std::make_shared<const kept_message>(
      kept_message{at.offset, std::string(event), std::string(text)});
  const auto octets = weight(*made);
  const std::lock_guard lock(mutex_);
  const auto found = by_topic_.find(topic);
  // Another topic may have pushed this one out since it was asked for its position.
  const auto its = found != by_topic_.end() && found->second->last.epoch == at.epoch
                       ? found->second
                       : begin(topic, {at.epoch, at.offset - 1});
  its->entries.push_back({now, std::move(made)}); // what follows does not throw
  its->octets += octets;
  its->last.offset = at.offset;
  its->time = within.history_time;
  lively_.splice(lively_.end(), its->entries.size() == 1 ? silent_ : lively_, its);
  ++figures_.appended;
  ++figures_.messages;
  figures_.octets += octets;
  expire(its, now);
  while (its->entries.size() > within.history || its->octets > within.history_octets)
    drop_oldest(its, figures_.dropped);
  expire_silent(now);
  make_room(0, 0);
}

missed_messages memory_store::since(std::string_view topic, const topic_options& within,
                                    const position& after, runtime::time_point now) {
  const std::lock_guard lock(mutex_);
  const auto found = by_topic_.find(topic);
  if (found == by_topic_.end())
    return {};
  const auto its = found->second;
  its->time = within.history_time;
  expire(its, now);
  const auto& last = its->last;
  if (after.epoch != last.epoch || after.offset > last.offset
      || last.offset - after.offset > its->entries.size())
    return {};
  missed_messages all{true, {}};
  const auto count = static_cast<std::ptrdiff_t>(last.offset - after.offset);
  all.messages.reserve(last.offset - after.offset);
  for (auto each = its->entries.end() - count; each != its->entries.end(); ++each)
    all.messages.push_back(each->what);
  return all;
}

history_figures memory_store::figures() const {
  const std::lock_guard lock(mutex_);
  auto all = figures_;
  all.topics = by_topic_.size();
  return all;
}

// One without messages moves to the end of those that are forgotten.
memory_store::list::iterator memory_store::find_or_begin(std::string_view topic) {
  const auto found = by_topic_.find(topic);
  if (found == by_topic_.end())
    return begin(topic, {text_of(random_()), 0});
  if (found->second->entries.empty())
    silent_.splice(silent_.end(), silent_, found->second);
  return found->second;
}

// Makes room first, so that the new one is not among those that go.
memory_store::list::iterator memory_store::begin(std::string_view topic, position at) {
  list made;
  made.push_back({std::string(topic), std::move(at), {}, 0, {}});
  const auto its = made.begin();
  if (const auto old = by_topic_.find(topic); old != by_topic_.end())
    forget(old->second);
  make_room(1, weight_of(topic));
  by_topic_.emplace(its->topic, its);
  silent_.splice(silent_.end(), made);
  figures_.octets += weight_of(topic);
  return its;
}

void memory_store::drop_oldest(list::iterator its, std::uint64_t& count) noexcept {
  const auto octets = weight(*its->entries.front().what);
  its->entries.pop_front();
  its->octets -= octets;
  figures_.octets -= octets;
  --figures_.messages;
  ++count;
  if (its->entries.empty())
    silent_.splice(silent_.end(), lively_, its);
}

void memory_store::expire(list::iterator its, runtime::time_point now) noexcept {
  while (!its->entries.empty() && now - its->entries.front().when >= its->time)
    drop_oldest(its, figures_.expired);
}

// Two at each use: more than are added.
void memory_store::expire_silent(runtime::time_point now) noexcept {
  for (int i = 0; i < 2 && !lively_.empty(); ++i)
    expire(lively_.begin(), now);
}

void memory_store::make_room(std::size_t topics, std::size_t octets) noexcept {
  const auto is_full = [&] { return figures_.octets + octets > limits_.octets; };
  while (by_topic_.size() + topics > limits_.topics)
    forget((silent_.empty() ? lively_ : silent_).begin());
  while (is_full() && !lively_.empty())
    drop_oldest(lively_.begin(), figures_.dropped);
  while (is_full() && !silent_.empty())
    forget(silent_.begin());
}

void memory_store::forget(list::iterator its) noexcept {
  while (!its->entries.empty())
    drop_oldest(its, figures_.dropped);
  figures_.octets -= weight_of(its->topic);
  ++figures_.forgotten;
  by_topic_.erase(its->topic);
  silent_.erase(its);
}

std::size_t memory_store::weight_of(std::string_view topic) noexcept {
  return sizeof(history) + 64 + topic.size();
}

} // namespace websock::channels
