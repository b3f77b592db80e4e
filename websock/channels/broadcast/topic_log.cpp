// What a log outside of this node knows of a topic: read when somebody joins, and merged
// with what has arrived here.
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/broadcast/log_bounds_of.hpp"
#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/channels/broadcast/wall_clock.hpp"
#include "websock/runtime/address/send.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/publication_routes.hpp"
#include "websock/runtime/process/shard.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <utility>

namespace websock::channels {

using runtime::detail::log_reading;

namespace {

// For clocks of nodes that differ, and for what was on its way when a client went.
constexpr std::chrono::seconds clocks_differ{1};

[[nodiscard]] std::uint64_t microseconds(runtime::duration time) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  return count < 0 ? 0 : static_cast<std::uint64_t>(count);
}

} // namespace

/// A message that is to get another place.
struct topic_histories::located {
  origin from;
  std::string event;
  std::string text;
  runtime::time_point when;
};

bool topic_histories::read_log(const std::shared_ptr<const topic_options>& options,
                               std::string_view topic, const runtime::pid& who) {
  const auto* const routes = owner_.routes();
  const auto log = routes == nullptr ? nullptr : routes->topic_log();
  if (log == nullptr)
    return false;
  std::string name(topic);
  {
    auto& its = stripe_of(topic);
    const std::lock_guard lock(its.mutex);
    const auto* const known = its.sources.find(topic, store_->last(topic).epoch);
    if (known != nullptr && known->knows_log_since(interrupted_at_))
      return false;
    auto& readers = its.readers[name];
    readers.push_back(who);
    if (readers.size() > 1)
      return true;
  }
  try {
    log->read(name, log_bounds_of(*options),
              [this, options, name, begun_at = wall_clock()](const log_reading& found) {
                end_reading(*options, name, begun_at, found);
              });
  } catch (...) {
    end_reading(*options, name, 0, {});
    owner_.log_thrown("a history could not be read");
  }
  return true;
}

void topic_histories::end_reading(const topic_options& options, const std::string& topic,
                                  std::uint64_t begun_at, const log_reading& found) {
  std::vector<runtime::pid> readers;
  {
    auto& its = stripe_of(topic);
    const std::lock_guard lock(its.mutex);
    if (const auto waiting = its.readers.find(topic); waiting != its.readers.end()) {
      readers = std::move(waiting->second);
      its.readers.erase(waiting);
    }
    try {
      if (found.is_read)
        merge(its, options, topic, begun_at, found);
    } catch (...) {
      its.sources.forget(topic);
      owner_.log_thrown("a history that was read is lost");
    }
  }
  for (const auto& each : readers)
    runtime::detail::send_kept(each, log_was_read{});
}

// A topic in which nothing was said is read again by whoever joins next.
void topic_histories::merge(stripe& its, const topic_options& options,
                            std::string_view topic, std::uint64_t begun_at,
                            const log_reading& found) {
  const auto now = owner_.shard_at(0).read_clock();
  auto all = numbered(topic, found, now);
  auto* known = its.sources.find(topic, store_->last(topic).epoch);
  if (all.empty() && known == nullptr)
    return;
  topic_sources::log_mark mark{begun_at, begun_at, {}};
  if (!all.empty()) {
    mark.begins -= std::min(mark.begins, microseconds(now - all.front().when));
    mark.begins += microseconds(clocks_differ);
    mark.first = all.front().from;
  }
  const bool has_all =
      known != nullptr && std::all_of(all.begin(), all.end(), [&](const located& each) {
        return known->is_whole_from(each.from);
      });
  if (!has_all) {
    if (known != nullptr)
      add_unlogged(all, options, topic, *known, now);
    known = &begin_anew(its, options, topic, all);
  }
  known->log_was_read(std::move(mark));
}

// What has no number there is a hole: what came before is not known to be whole.
std::vector<topic_histories::located> topic_histories::numbered(std::string_view topic,
                                                                const log_reading& found,
                                                                runtime::time_point now) {
  std::vector<located> all;
  for (const auto& each : found.kept) {
    const auto* const what = each.message.get_if<broadcast_message>();
    if (what == nullptr || what->from() == nullptr || what->topic() != topic)
      all.clear();
    else
      all.push_back({*what->from(), what->event(), std::string(what->body().text()),
                     now - each.age});
  }
  return all;
}

// What has arrived here and is not in the log stands behind it, or is older than the log.
void topic_histories::add_unlogged(std::vector<located>& to, const topic_options& options,
                                   std::string_view topic, const topic_sources& known,
                                   runtime::time_point now) {
  std::map<std::string, std::uint64_t, std::less<>> logged; // the last of each source
  for (const auto& each : to)
    logged[each.from.source] = each.from.number;
  const auto here = known.remembered();
  const auto is_logged = [&](const origin& each) {
    const auto last = logged.find(each.source);
    return last != logged.end() && each.number <= last->second;
  };
  auto first =
      to.empty() ? here.begin() : std::find(here.begin(), here.end(), to.front().from);
  if (first == here.end())
    first = here.begin();
  first = std::find_if_not(first, here.end(), is_logged);
  const auto count = static_cast<std::uint64_t>(here.end() - first);
  auto at = store_->last(topic);
  at.offset -= std::min(at.offset, count);
  const auto read = store_->since(topic, options, at, now);
  for (std::size_t i = 0; i < read.messages.size() && i < count; ++i)
    if (const auto& from = first[static_cast<std::ptrdiff_t>(i)]; !is_logged(from))
      to.push_back({from, read.messages[i]->event, read.messages[i]->text, now});
}

// In another epoch, as offsets name other messages now.
topic_sources& topic_histories::begin_anew(stripe& its, const topic_options& options,
                                           std::string_view topic,
                                           const std::vector<located>& all) {
  position at{life_ + '-' + std::to_string(++epochs_made_), 0};
  auto& made = its.sources.begin_anew(topic, at, life_, sources_made_);
  for (const auto& each : all) {
    ++at.offset;
    made.add_logged(each.from, options, each.when);
    its.sources.trim(topic);
    store_->append(topic, options, at, each.event, each.text, each.when);
  }
  return made;
}

} // namespace websock::channels
