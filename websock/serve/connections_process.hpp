// The process that stands for all connections of a server in its supervision tree: to
// stop it is to drain them.
#pragma once

#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/serve/server_sockets.hpp"

#include <functional>
#include <memory>

namespace websock {

/// Connections are not its children: each shard keeps its own (connection_host). While it
/// drains it accepts in the listener's place when newcomers are to get 503. The node ends
/// connections itself: then it does not drain.
class connections_process final : public runtime::behaviour {
public:
  explicit connections_process(std::shared_ptr<server_sockets> sockets);

private:
  struct drained {};

  void on_start() override;
  void on_message(runtime::term message) override;
  void on_exit(const runtime::exit_reason& why) noexcept override;

  void drain();
  void stay_open(const std::function<void()>& step);
  void finish();

  const std::shared_ptr<server_sockets> sockets_;
  bool is_draining_ = false;
};

} // namespace websock
