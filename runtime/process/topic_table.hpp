// Which processes on one shard subscribe to which topic. The local half of pubsub.
#pragma once

#include "../table/text_hash.hpp"
#include "../term/term.hpp"
#include "subscription.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace websock::runtime {

class process;

namespace detail {

class process_block;

/// The outcome of one message on one shard.
struct fan_out {
  std::size_t reached = 0; // mailboxes that took it
  std::size_t shed = 0;    // dropped by full mailboxes: this message, or older ones
};

} // namespace detail

/// Subscribing twice delivers twice, as in Phoenix.PubSub. O(1) to subscribe and to
/// leave.
///
/// Consecutive publications to a topic are gathered, and each subscriber handles all of
/// them in one turn, without letters if it is idle, so that its memory is touched only
/// once (bench: fan-out). Before anything that could notice that they are not in the
/// mailboxes yet (another signal, a change of subscriptions), call `settle`.
class topic_table {
public:
  void subscribe(process& who, std::string_view name) { subscribe(who, name, nullptr); }
  /// The same with a lane, unless that is null.
  void subscribe(process& who, std::string_view name, std::unique_ptr<const lane> way);
  /// Ends every subscription of `who` to `name`.
  void unsubscribe(process& who, std::string_view name);
  /// Ends all subscriptions of a process that is exiting.
  void forget(detail::process_block& who) noexcept;
  /// Publishes `message` to every subscriber but `except`, which may be null. Runs no
  /// user code.
  void publish(std::string_view name, term message, const process* except);
  /// Puts `message` into the mailboxes at once and returns the outcome.
  detail::fan_out publish_counted(std::string_view name, const term& message);
  /// Whether a publication is not in every mailbox yet.
  [[nodiscard]] bool is_unsettled() const noexcept { return is_unsettled_; }
  /// Puts all publications into the mailboxes. Runs no user code.
  void settle() noexcept {
    if (is_unsettled_)
      put_into_mailboxes();
  }
  /// Between turns: lets idle subscribers handle the publications directly, and puts them
  /// into the mailboxes of the others. Returns how many messages were handled.
  std::size_t run_subscribers();
  [[nodiscard]] std::size_t subscribers(std::string_view name) const;

private:
  struct publication {
    term message;
    const process* except;
    const term* instead = nullptr; // what batch::how has said
  };
  /// Consecutive publications to one topic.
  struct batch {
    detail::topic* target = nullptr;
    std::vector<publication> publications;
    std::size_t next_member = 0;
    // The subscriber whose turn it is, and its first unhandled publication.
    const detail::topic::member* running = nullptr;
    std::size_t next_message = 0;
    // Whose answers the publications have, and whether it leaves the subscriber nothing.
    const redirection* how = nullptr;
    bool passes_by = false;
  };

  static void enter(detail::process_block& who, detail::topic& into,
                    std::unique_ptr<const lane> way);
  void leave(detail::topic& topic, const detail::subscription* places) noexcept;
  void put_into_mailboxes() noexcept;
  void finish(batch& pending) noexcept;
  static void put_rest(const batch& pending, const detail::topic::member& to,
                       std::size_t first) noexcept;
  static void put(const detail::topic::member& to, const term& message);
  std::size_t run(const detail::topic::member& each);
  std::size_t run(const detail::topic::member& each, detail::process_block& who);
  [[nodiscard]] bool passes_by(const redirection& how) noexcept;

  std::unordered_map<std::string, detail::topic, detail::text_hash, std::equal_to<>>
      topics_;
  bool is_unsettled_ = false;
  batch gathered_; // not delivered to any subscriber yet
  batch running_;  // being delivered: members before next_member have it
};

} // namespace websock::runtime
