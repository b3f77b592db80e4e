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

/// That an adapter is in the scope, for as long as this lives. `cluster` must outlive it.
class scope_use {
public:
  /// Throws std::invalid_argument when a process has the name of the scope.
  scope_use(shared_scope& scope, runtime::cluster& cluster)
      : scope_(scope), cluster_(cluster) {
    scope_.join(cluster_);
  }
  ~scope_use() { scope_.leave(cluster_); }
  scope_use(const scope_use&) = delete;
  scope_use& operator=(const scope_use&) = delete;

private:
  shared_scope& scope_;
  runtime::cluster& cluster_;
};

} // namespace websock::phoenix
