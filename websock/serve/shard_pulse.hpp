// Whether all shards of a node still come to their work.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace websock {

namespace runtime {
class node;
}

/// Asks every shard for a sign of life. For one thread at a time, not on a shard.
class shard_pulse {
public:
  explicit shard_pulse(runtime::node& of) : of_(of) {}

  /// Asks all of them, unless some still owe an answer.
  void ask();
  /// Whether all have answered since then. A node that is not asked has.
  [[nodiscard]] bool is_answered() const noexcept { return *missing_ == 0; }

private:
  runtime::node& of_;
  // Shared with the shards, which may answer when this is gone.
  const std::shared_ptr<std::atomic<std::size_t>> missing_ =
      std::make_shared<std::atomic<std::size_t>>(0);
};

} // namespace websock
