// The scope of process groups by which the nodes of Phoenix.PubSub find each other.
#pragma once

#include "websock/runtime/registry/process_group.hpp"

#include <cstddef>
#include <mutex>

namespace websock::runtime {
class cluster;
class node;
} // namespace websock::runtime

namespace websock::phoenix {

/// An extension of a node: all its adapters are in one scope, `Phoenix.PubSub`, which the
/// first one joins and the last one leaves. Any thread.
class shared_scope {
public:
  explicit shared_scope(runtime::node&) {}

  [[nodiscard]] runtime::process_group::scope groups() const { return groups_; }
  /// Throws std::invalid_argument when a process has its name.
  void join(runtime::cluster& cluster);
  void leave(runtime::cluster& cluster);

private:
  const runtime::process_group::scope groups_;
  std::mutex mutex_; // adapters come and go on any thread
  std::size_t users_ = 0;
};

} // namespace websock::phoenix
