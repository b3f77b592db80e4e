// What a client has missed of a topic, whichever node it was on.
#include "websock/channels/broadcast/delivery_order.hpp"
#include "websock/channels/broadcast/seen_text.hpp"
#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/channels/broadcast/wall_clock.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace websock::channels {

namespace {

/// Of positions that no offset describes: who has got some messages here and others
/// elsewhere does not have all that stand before the newest of them.
constexpr auto no_epoch = "+";

/// What a client has that has seen `theirs` gets the messages that `ours` includes.
[[nodiscard]] std::string with_all(const std::string& ours, const seen_sources& theirs) {
  auto all = seen_from(ours).value_or(seen_sources());
  for (const auto& each : theirs.last) {
    const auto known =
        std::find_if(all.last.begin(), all.last.end(),
                     [&](const origin& one) { return one.source == each.source; });
    if (known == all.last.end())
      all.last.push_back(each);
    else
      known->number = std::max(known->number, each.number);
  }
  return seen_text(all);
}

/// Of the time for which messages are kept a tenth is left to the clocks of nodes, which
/// differ.
[[nodiscard]] bool is_recent(const seen_sources& theirs, const topic_options& within) {
  const auto kept = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::milliseconds(within.history_time));
  const auto limit = static_cast<std::uint64_t>(kept.count());
  return wall_clock() <= theirs.when || wall_clock() - theirs.when <= limit - limit / 10;
}

} // namespace

// A client may have heard more elsewhere than this shard has delivered. Once the shard
// has caught up, the end of the history is what its subscribers have, and the next
// message is the first that a new subscriber gets.
resumption topic_histories::resume(const topic_options& options, std::string_view topic,
                                   runtime::shard& here,
                                   const std::optional<position>& after) {
  auto& its = stripe_of(topic);
  for (;;) {
    std::unique_lock lock(its.mutex);
    const auto found = its.orders.find(std::string(topic));
    if (found != its.orders.end() && !found->second->has_taken_all(here.index())) {
      const auto order = found->second;
      const auto until = order->newest();
      lock.unlock();
      catch_up(order, here, until);
      continue;
    }
    auto last = store_->last(topic);
    const auto now = here.read_clock();
    if (owner_.routes() == nullptr)
      return after ? missed_here(options, topic, *after, nullptr, now)
                   : resumption{std::move(last)};
    // A client that only asks begins nothing.
    const topic_sources none({}, last.epoch, last.offset, its.sources.forgot_at());
    const auto* const known = its.sources.find(topic, last.epoch);
    const auto& sources = known != nullptr ? *known : none;
    last.seen = seen_text({wall_clock(), sources.seen(now)});
    if (!after || is_interrupted_since(*after, sources))
      return {std::move(last)};
    auto missed = after->epoch == last.epoch
                      ? missed_here(options, topic, *after, &sources, now)
                      : missed_elsewhere(options, topic, *after, sources, now);
    return missed.is_complete ? std::move(missed) : resumption{std::move(last)};
  }
}

void topic_histories::interrupted() noexcept {
  interrupted_at_ = wall_clock();
}

// What was lost shows in the next number of its source, but until that comes there is
// nothing to see. So nobody is told that nothing is missing who was away at that moment,
// unless a log has it that was read since.
bool topic_histories::is_interrupted_since(const position& after,
                                           const topic_sources& sources) const {
  const auto when = interrupted_at_.load();
  if (when == 0)
    return false;
  const auto theirs = seen_from(after.seen);
  if (!theirs)
    return true;
  const bool is_in_log = sources.knows_log_since(when) && sources.is_within_log(*theirs);
  return theirs->when <= when && !is_in_log;
}

resumption topic_histories::missed_here(const topic_options& options,
                                        std::string_view topic, const position& after,
                                        const topic_sources* sources,
                                        runtime::time_point now) {
  if (sources != nullptr && !sources->is_whole_behind(after.offset))
    return {};
  auto read = store_->since(topic, options, after, now);
  if (!read.is_complete)
    return {store_->last(topic)};
  resumption found{after, true};
  const auto seen = sources == nullptr
                        ? std::vector<std::vector<origin>>(read.messages.size())
                        : sources->seen_behind(after.offset, now);
  if (seen.size() != read.messages.size())
    return {};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    position at{after.epoch, read.messages[i]->offset};
    if (sources != nullptr)
      at.seen = seen_text({wall_clock(), seen[i]});
    found.missed.push_back({std::move(read.messages[i]), std::move(at)});
  }
  return found;
}

// Among what this node has kept is what the client has; the rest is what it has missed.
resumption topic_histories::missed_elsewhere(const topic_options& options,
                                             std::string_view topic,
                                             const position& after,
                                             const topic_sources& sources,
                                             runtime::time_point now) {
  const auto theirs = seen_from(after.seen);
  if (!theirs || !is_recent(*theirs, options))
    return {};
  const auto offsets = sources.missed(*theirs, now);
  if (!offsets)
    return {};
  if (offsets->empty())
    return {after, true};
  auto since =
      missed_here(options, topic, {sources.epoch(), offsets->front() - 1}, &sources, now);
  if (!since.is_complete)
    return {};
  resumption found{after, true};
  auto next = offsets->begin();
  for (auto& each : since.missed)
    if (next != offsets->end() && each.at.offset == *next) {
      each.at.epoch = no_epoch;
      each.at.seen = with_all(each.at.seen, *theirs);
      found.missed.push_back(std::move(each));
      ++next;
    }
  return found;
}

} // namespace websock::channels
