// Who on one shard listens to which topic. The local half of pubsub.
#pragma once

#include "runtime/term.hpp"
#include "runtime/text_hash.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace runtime {

class process;

namespace detail {

struct topic;

/// One process's place in one topic. Owned by the process's relations.
struct subscription {
  process* who;
  topic* to;
  std::size_t index; // in to->members
};

struct topic {
  std::string name;
  std::vector<subscription*> members;
};

/// What became of one message on one shard.
struct fan_out {
  std::size_t reached = 0; // mailboxes that it was put into
  std::size_t shed = 0; // messages that full ones dropped for it: itself, or older ones
};

} // namespace detail

/// Subscribing twice delivers twice, as in Phoenix.PubSub. O(1) to subscribe and to
/// leave.
class topic_table {
public:
  void subscribe(process& who, std::string_view name);
  /// Ends every subscription of `who` to `name`.
  void unsubscribe(process& who, std::string_view name);
  /// Ends all subscriptions of a process that exits.
  void forget(process& who) noexcept;
  /// Puts `message` into the mailbox of every subscriber but `except`, which may be null.
  /// Returns how many there were. Runs no user code.
  std::size_t deliver(std::string_view name, const term& message, const process* except);
  /// The same, and tells what became of it.
  detail::fan_out deliver_counted(std::string_view name, const term& message,
                                  const process* except);
  [[nodiscard]] std::size_t subscribers(std::string_view name) const;

private:
  void leave(detail::subscription& place) noexcept;

  std::unordered_map<std::string, detail::topic, detail::text_hash, std::equal_to<>>
      topics_;
};

} // namespace runtime
