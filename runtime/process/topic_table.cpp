// The subscriptions of one shard.
#include "topic_table.hpp"

#include "../term/access.hpp"
#include "process_block.hpp"
#include "shard.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace websock::runtime {

namespace {

constexpr std::size_t most_gathered = 64; // that a subscriber handles in one turn

[[nodiscard]] detail::process_block& target_of(const lane& way) noexcept {
  return detail::block_of(*detail::access::local(way.target()));
}

void take_out(detail::topic& topic, const detail::subscription* places) noexcept {
  auto& members = topic.members;
  for (; places != nullptr; places = places->next.get()) {
    const auto last = members.back();
    members[places->index] = last;
    last.place->index = places->index;
    members.pop_back();
  }
}

} // namespace

void topic_table::subscribe(process& who, std::string_view name,
                            std::unique_ptr<const lane> way) {
  assert(&who.shard().topics() == this && "a process subscribes on its shard");
  settle();
  auto found = topics_.find(name);
  if (found == topics_.end())
    found = topics_.try_emplace(std::string(name)).first;
  try {
    if (found->second.members.empty())
      found->second.name = found->first;
    enter(detail::block_of(who), found->second, std::move(way));
  } catch (const std::bad_alloc&) {
    if (found->second.members.empty())
      topics_.erase(found);
    throw;
  }
}

// Does what may fail first.
void topic_table::enter(detail::process_block& who, detail::topic& into,
                        std::unique_ptr<const lane> way) {
  auto& own = who.ties().topics;
  auto& members = into.members;
  auto place = std::make_unique<detail::subscription>(members.size(), std::move(way));
  members.push_back({&who, place.get(), place->way.get()});
  if (auto* first = own.find(&into)) {
    place->next = std::move(*first);
    *first = std::move(place);
    return;
  }
  try {
    own.insert(&into, std::move(place));
  } catch (const std::bad_alloc&) {
    members.pop_back();
    throw;
  }
}

void topic_table::unsubscribe(process& who, std::string_view name) {
  assert(&who.shard().topics() == this && "a process has subscribed on its shard");
  const auto found = topics_.find(name);
  auto* ties = detail::block_of(who).existing_ties();
  if (ties == nullptr || found == topics_.end())
    return;
  settle();
  const auto places = ties->topics.extract(&found->second);
  if (!places)
    return;
  take_out(found->second, places->get());
  if (found->second.members.empty())
    topics_.erase(found);
}

void topic_table::forget(detail::process_block& who) noexcept {
  auto* ties = who.existing_ties();
  if (ties == nullptr || ties->topics.empty())
    return;
  settle();
  for (const auto& [topic, places] : ties->topics)
    leave(*topic, places.get());
  ties->topics.clear();
}

void topic_table::leave(detail::topic& topic,
                        const detail::subscription* places) noexcept {
  take_out(topic, places);
  if (topic.members.empty())
    topics_.erase(topics_.find(topic.name));
}

void topic_table::publish(std::string_view name, term message, const process* except) {
  const auto found = topics_.find(name);
  if (found == topics_.end())
    return;
  detail::topic* const target = &found->second;
  if (gathered_.target != target || gathered_.publications.size() == most_gathered)
    settle();
  gathered_.target = target;
  gathered_.publications.push_back({std::move(message), except, nullptr});
  is_unsettled_ = true;
}

// Nothing else happens on the shard meanwhile, so its counts grow by this message only.
detail::fan_out topic_table::publish_counted(std::string_view name, const term& message) {
  settle();
  const auto found = topics_.find(name);
  if (found == topics_.end())
    return {};
  const auto& members = found->second.members;
  const shard& here = members.front().who->shard();
  const auto dropped = here.messages_dropped();
  const auto refused = here.refused_;
  std::size_t taking = 0;
  for (const auto& each : members)
    taking += each.who->is_ending() ? 0U : 1U;
  publish(name, message, nullptr);
  settle();
  return {taking - (here.refused_ - refused), here.messages_dropped() - dropped};
}

void topic_table::put_into_mailboxes() noexcept {
  finish(running_);
  finish(gathered_);
  gathered_.publications.clear();
  is_unsettled_ = false;
}

// Keeps running_.publications: run() may still be iterating over it.
void topic_table::finish(batch& pending) noexcept {
  if (pending.running != nullptr)
    put_rest(pending, *pending.running,
             std::exchange(pending.next_message, pending.publications.size()));
  if (pending.target == nullptr)
    return;
  for (const auto& members = pending.target->members;
       pending.next_member < members.size();)
    put_rest(pending, members[pending.next_member++], 0);
  pending.target = nullptr;
  pending.next_member = 0;
}

// A process without memory for a letter misses the message, as if its mailbox were full.
void topic_table::put_rest(const batch& pending, const detail::topic::member& to,
                           std::size_t first) noexcept {
  for (; first < pending.publications.size(); ++first)
    if (const auto& each = pending.publications[first]; each.except != to.who)
      try {
        put(to, each.message);
      } catch (const std::bad_alloc&) {
        to.who->shard().count_refused();
        to.who->shard().count_dropped(1);
      }
}

void topic_table::put(const detail::topic::member& to, const term& message) {
  auto& pool = to.who->shard().frames();
  const auto* const other =
      to.way == nullptr ? nullptr : to.way->how().instead_of(message);
  if (other == nullptr)
    to.who->admit(new (pool) detail::forwarded_letter(message));
  else
    target_of(*to.way).admit(new (pool) detail::forwarded_letter(*other));
}

std::size_t topic_table::run_subscribers() {
  if (!is_unsettled_)
    return 0;
  std::swap(running_, gathered_);
  std::size_t handled = 0;
  while (running_.target != nullptr
         && running_.next_member < running_.target->members.size())
    handled += run(running_.target->members[running_.next_member++]);
  running_.target = nullptr;
  running_.next_member = 0;
  running_.how = nullptr;
  running_.publications.clear();
  is_unsettled_ = gathered_.target != nullptr;
  return handled;
}

std::size_t topic_table::run(const detail::topic::member& each) {
  const auto its = each; // the members move when one of them leaves
  auto& who =
      its.way != nullptr && passes_by(its.way->how()) ? target_of(*its.way) : *its.who;
  const bool takes_all = its.way == nullptr || &who != its.who;
  if (takes_all && who.is_idle() && !who.messages().is_weighed())
    return run(its, who);
  put_rest(running_, its, 0);
  return 0;
}

// Whether all that is being delivered passes by the subscribers that share this. Nearly
// always it is asked once for a whole topic.
bool topic_table::passes_by(const redirection& how) noexcept {
  if (running_.how == &how)
    return running_.passes_by;
  running_.how = &how;
  running_.passes_by = true;
  for (auto& each : running_.publications) {
    each.instead = how.instead_of(each.message);
    running_.passes_by = running_.passes_by && each.instead != nullptr;
  }
  return running_.passes_by;
}

// Passes messages on without letters until another signal arrives for the process.
std::size_t topic_table::run(const detail::topic::member& each,
                             detail::process_block& who) {
  assert(running_.running == nullptr && "one subscriber at a time has its turn");
  std::size_t handled = 0;
  running_.running = &each;
  running_.next_message = 0;
  who.take_turn_with([&] {
    const std::span all(running_.publications); // do not move while it runs
    while (running_.next_message < all.size() && who.may_handle_more()) {
      const auto& next = all[running_.next_message++];
      if (next.except == each.who)
        continue;
      const term& message = each.way == nullptr ? next.message : *next.instead;
      who.guard([&] { who.handle_message(detail::access::lend(message)); });
      ++handled;
    }
    if (running_.next_message < all.size())
      put_rest(running_, each, running_.next_message);
    running_.running = nullptr;
  });
  return handled;
}

std::size_t topic_table::subscribers(std::string_view name) const {
  const auto found = topics_.find(name);
  return found == topics_.end() ? 0 : found->second.members.size();
}

} // namespace websock::runtime
