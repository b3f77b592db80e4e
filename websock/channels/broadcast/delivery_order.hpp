// The messages of one topic on their way to the shards of a node.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/term/term.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace websock::channels {

/// Each shard takes all messages, in the order in which they were added, and a message is
/// gone when the last one has taken it. For one thread at a time.
class delivery_order {
public:
  struct message {
    runtime::term what;
    runtime::pid except;
  };

  delivery_order(std::string topic, std::size_t shards)
      : topic_(std::move(topic)), taken_(shards) {}

  [[nodiscard]] const std::string& topic() const noexcept { return topic_; }
  /// The number of the newest message, from 1.
  [[nodiscard]] std::uint64_t newest() const noexcept {
    return oldest_ + waiting_.size() - 1;
  }
  void add(message newest) { waiting_.push_back({std::move(newest), taken_.size()}); }
  /// Undoes the last `add`.
  void take_back() noexcept { waiting_.pop_back(); }
  [[nodiscard]] bool has_taken_all(std::size_t shard) const noexcept {
    return taken_[shard] == newest();
  }
  /// The next message for a shard; empty if it has taken all up to the number `until`.
  [[nodiscard]] std::optional<message> take(std::size_t shard, std::uint64_t until);
  /// Whether every shard has taken everything.
  [[nodiscard]] bool is_empty() const noexcept { return waiting_.empty(); }

private:
  struct waiting {
    message what;
    std::size_t shards; // that have not taken it
  };

  const std::string topic_;
  std::deque<waiting> waiting_;
  std::uint64_t oldest_ = 1;         // the number of the first that waits
  std::vector<std::uint64_t> taken_; // the number of the last, by shard
};

} // namespace websock::channels
