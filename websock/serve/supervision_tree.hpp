// A server's supervisor and its children, as seen by the thread that starts and stops
// them.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/serve/server_sockets.hpp"
#include "websock/serve/server_status.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace websock {

/// One supervisor on shard 0 with the application's children first, then `connections`,
/// then `listener`. It starts them in this order and stops them in reverse. Any thread
/// that is not a shard.
class supervision_tree {
public:
  /// Whether this id belongs to one of the server's own children.
  [[nodiscard]] static bool is_reserved(std::string_view id) noexcept;

  supervision_tree();

  /// Returns when all children are up. If one fails to start, nothing of the tree is
  /// left, and it throws std::runtime_error that names the child and its reason. On a
  /// node without threads it returns at once.
  void start(const std::shared_ptr<server_sockets>& sockets,
             std::vector<runtime::child_spec> children);
  /// Stops it in order and waits; on a node without threads it does not wait.
  void stop(runtime::node& node);
  /// Calls `call` once, when nothing of the tree is left: now or later, on any thread. An
  /// empty `call` clears it.
  void when_over(std::function<void()> call = {});

  /// The supervisor; empty before start.
  [[nodiscard]] runtime::pid top() const;
  /// Why it failed, as soon as that is certain.
  [[nodiscard]] std::optional<server_failure> failure() const;

private:
  class outcome;
  class watcher;
  [[nodiscard]] std::shared_ptr<outcome> latest() const;

  mutable std::mutex mutex_; // between a start and threads that query the last one
  std::shared_ptr<outcome> outcome_; // of the latest attempt
};

} // namespace websock
