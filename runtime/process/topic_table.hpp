// Who on one shard listens to which topic. The local half of pubsub.
#pragma once

#include "websock/runtime/process/subscription.hpp"
#include "websock/runtime/table/text_hash.hpp"
#include "websock/runtime/term/term.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace websock::runtime {

class process;

namespace detail {

class process_block;

/// What became of one message on one shard.
struct fan_out {
  std::size_t reached = 0; // mailboxes that it was put into
  std::size_t shed = 0; // messages that full ones dropped for it: itself, or older ones
};

} // namespace detail

/// Subscribing twice delivers twice, as in Phoenix.PubSub. O(1) to subscribe and to
/// leave.
///
/// Messages that are published one after the other are gathered, and each subscriber then
/// takes all of them in one turn, without a letter when it is idle: its memory is touched
/// once (bench: fan-out). Whatever could tell that they are not in the mailboxes yet
/// (another signal, a subscription that changes) calls `settle` before.
class topic_table {
public:
  void subscribe(process& who, std::string_view name);
  /// Ends every subscription of `who` to `name`.
  void unsubscribe(process& who, std::string_view name);
  /// Ends all subscriptions of a process that exits.
  void forget(detail::process_block& who) noexcept;
  /// `message` is for every subscriber but `except`, which may be null. Runs no user
  /// code.
  void publish(std::string_view name, term message, const process* except);
  /// Puts `message` into the mailboxes at once, and tells what became of it.
  detail::fan_out publish_counted(std::string_view name, const term& message);
  /// Whether something is published that is not in every mailbox.
  [[nodiscard]] bool is_unsettled() const noexcept { return is_unsettled_; }
  /// Puts what is published into the mailboxes. Runs no user code.
  void settle() noexcept {
    if (is_unsettled_)
      put_into_mailboxes();
  }
  /// Between turns: has those who are idle handle what is published, and puts it into the
  /// mailboxes of the others. Returns how many messages were handled.
  std::size_t run_subscribers();
  [[nodiscard]] std::size_t subscribers(std::string_view name) const;

private:
  struct publication {
    term message;
    const process* except;
  };
  /// Some publications to one topic.
  struct batch {
    detail::topic* to = nullptr;
    std::vector<publication> publications;
    std::size_t next_member = 0;
    // The one whose turn it is, and what it has not handled.
    detail::process_block* running = nullptr;
    std::size_t next_message = 0;
  };

  static void enter(detail::process_block& who, detail::topic& into);
  void leave(detail::topic& from, const detail::subscription* places) noexcept;
  void put_into_mailboxes() noexcept;
  void finish(batch& what) noexcept;
  void put_rest(const batch& what, detail::process_block& who, std::size_t from) noexcept;
  std::size_t run(detail::process_block& who);

  std::unordered_map<std::string, detail::topic, detail::text_hash, std::equal_to<>>
      topics_;
  bool is_unsettled_ = false;
  batch gathered_; // nobody has any of it
  batch running_;  // those before next_member have it
};

} // namespace websock::runtime
