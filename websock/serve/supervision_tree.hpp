// The supervisor of a server and its children, seen from the thread that starts and stops
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

/// One supervisor on shard 0: first the application's children, then `connections`, then
/// `listener`. It starts them in this order and stops them in the opposite one. Any
/// thread that is no shard.
class supervision_tree {
public:
  /// Whether a child of the server itself has this id.
  [[nodiscard]] static bool is_reserved(std::string_view id) noexcept;

  supervision_tree();

  /// Returns when all children are up. When one of them is not, nothing is left of the
  /// tree, and it throws std::runtime_error that names the child and its reason. On a
  /// node without threads it returns at once.
  void start(const std::shared_ptr<server_sockets>& sockets,
             std::vector<runtime::child_spec> children);
  /// Ends it in order and waits; on a node without threads it waits for nothing.
  void stop(runtime::node& node);
  /// Calls `call` once when nothing of the tree is left, now or later, on any thread.
  /// Without one: nobody is called any more.
  void when_over(std::function<void()> call = {});

  /// The supervisor; empty before it has started.
  [[nodiscard]] runtime::pid top() const;
  /// Why it ended by itself, as soon as that is certain.
  [[nodiscard]] std::optional<server_failure> failure() const;

private:
  class outcome;
  class watcher;
  [[nodiscard]] std::shared_ptr<outcome> latest() const;

  mutable std::mutex mutex_; // between a start and whoever asks how the last one went
  std::shared_ptr<outcome> outcome_; // of the latest attempt
};

} // namespace websock
