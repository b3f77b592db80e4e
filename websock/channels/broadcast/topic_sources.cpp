// Sources of a topic.
#include "websock/channels/broadcast/topic_sources.hpp"

#include "websock/channels/broadcast/wall_clock.hpp"

#include <algorithm>
#include <utility>

namespace websock::channels {

topic_sources::topic_sources(std::string own, std::string epoch, std::uint64_t newest,
                             std::uint64_t unsure_until)
    : own_(std::move(own)), epoch_(std::move(epoch)), newest_(newest),
      whole_since_(newest), unsure_until_(unsure_until) {
}

void topic_sources::add_own(const topic_options& within, runtime::time_point now) {
  remember({itself, sent_ + 1, sent_}, within);
  ++sent_;
  sent_at_ = now;
}

// Numbers that are jumped over were lost with a connection, or are late: large messages
// may be overtaken. In either case who comes back from before has missed something that
// this node cannot give it in order.
void topic_sources::add(const origin& from, const topic_options& within,
                        runtime::time_point now) {
  if (from.source.empty() || from.source == own_)
    return remember({nobody, 0, 0}, within);
  auto& its = find_or_add(from);
  remember({its.id, from.number, its.last}, within);
  its.heard = now;
  if (from.number != its.last + 1) {
    its.whole = std::max(its.last, from.number - 1);
    whole_since_ = newest_;
  }
  its.last = std::max(its.last, from.number);
}

void topic_sources::add_logged(const origin& from, const topic_options& within,
                               runtime::time_point heard) {
  if (!from.source.empty() && from.source != own_)
    static_cast<void>(find_or_add(from, from.number - 1));
  add(from, within, heard);
}

bool topic_sources::is_within_log(const seen_sources& theirs) const {
  return theirs.when > log_.begins
         || std::any_of(theirs.last.begin(), theirs.last.end(), [&](const origin& one) {
              return one.source == log_.first.source && one.number >= log_.first.number;
            });
}

bool topic_sources::is_whole_from(const origin& first) const {
  if (first.source == own_)
    return first.number <= sent_;
  return std::any_of(others_.begin(), others_.end(), [&](const source& each) {
    return each.name == first.source && first.number > each.whole
           && first.number <= each.last;
  });
}

std::vector<origin> topic_sources::remembered() const {
  const auto known = all();
  std::vector<origin> found;
  found.reserve(entries_.size());
  for (const auto& each : entries_) {
    const auto its = std::find_if(known.begin(), known.end(), [&](const source& one) {
      return one.id == each.source;
    });
    found.push_back(its == known.end() ? origin{} : origin{its->name, each.number});
  }
  return found;
}

void topic_sources::remember(entry what, const topic_options& within) {
  entries_.push_back(what);
  ++newest_;
  keep_ = within.history_time;
  while (entries_.size() > within.history)
    entries_.pop_front();
}

topic_sources::source& topic_sources::find_or_add(const origin& from,
                                                  std::uint64_t before) {
  const auto found =
      std::find_if(others_.begin(), others_.end(),
                   [&](const source& each) { return each.name == from.source; });
  if (found != others_.end())
    return *found;
  if (others_.size() == most_sources)
    forget_silent();
  others_.push_back({next_id_++, from.source, before, before, {}});
  return others_.back();
}

void topic_sources::forget_silent() {
  others_.erase(std::min_element(
      others_.begin(), others_.end(),
      [](const source& a, const source& b) { return a.heard < b.heard; }));
  unsure_until_ = wall_clock();
  ++forgotten_;
}

std::vector<topic_sources::source> topic_sources::all() const {
  auto some = others_;
  if (sent_ != 0)
    some.push_back({itself, own_, sent_, 0, sent_at_});
  return some;
}

bool topic_sources::is_lively(const source& which, runtime::time_point now) const {
  return now - which.heard < keep_;
}

std::vector<origin> topic_sources::seen(runtime::time_point now) const {
  std::vector<origin> last;
  for (auto& each : all())
    if (is_lively(each, now))
      last.push_back({std::move(each.name), each.last});
  return last;
}

// From the newest back: each entry knows what stood there before it.
std::vector<std::vector<origin>>
topic_sources::seen_behind(std::uint64_t offset, runtime::time_point now) const {
  std::vector<std::vector<origin>> found;
  auto last_of = all();
  std::erase_if(last_of, [&](const source& each) { return !is_lively(each, now); });
  auto at = newest_;
  for (auto each = entries_.rbegin(); each != entries_.rend() && at > offset;
       ++each, --at) {
    std::vector<origin> last;
    for (const auto& its : last_of)
      if (its.last != 0)
        last.push_back({its.name, its.last});
    found.push_back(std::move(last));
    for (auto& its : last_of)
      if (its.id == each->source)
        its.last = each->before;
  }
  std::reverse(found.begin(), found.end());
  return found;
}

// A source that has been silent here for as long has said nothing since the client saw
// what it has seen, so it need not be among that. One that the client has seen must be
// known here, whenever it was heard.
std::optional<std::vector<std::uint64_t>>
topic_sources::missed(const seen_sources& theirs, runtime::time_point now) const {
  if (theirs.when <= unsure_until_)
    return std::nullopt; // of a source that is forgotten it may lack messages
  std::unordered_map<std::uint32_t, std::uint64_t> has; // by source
  std::uint64_t count = 0;
  std::size_t found = 0;
  for (const auto& each : all()) {
    const auto its =
        std::find_if(theirs.last.begin(), theirs.last.end(),
                     [&](const origin& one) { return one.source == each.name; });
    if (its == theirs.last.end() && is_lively(each, now))
      return std::nullopt;
    if (its == theirs.last.end())
      continue;
    if (its->number < each.whole || its->number > each.last)
      return std::nullopt;
    ++found;
    has.emplace(each.id, its->number);
    count += each.last - its->number;
  }
  auto offsets = offsets_behind(has);
  const bool is_all = found == theirs.last.size() && offsets && offsets->size() == count;
  return is_all ? std::move(offsets) : std::nullopt;
}

std::optional<std::vector<std::uint64_t>> topic_sources::offsets_behind(
    const std::unordered_map<std::uint32_t, std::uint64_t>& numbers) const {
  std::vector<std::uint64_t> offsets;
  auto at = newest_ - entries_.size();
  for (const auto& each : entries_) {
    ++at;
    if (each.source == nobody)
      return std::nullopt;
    const auto known = numbers.find(each.source);
    if (known != numbers.end() && each.number > known->second)
      offsets.push_back(at);
  }
  return offsets;
}

} // namespace websock::channels
