// Represents all connections of a server in its supervision tree: stopping this process
// drains them.
#pragma once

#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/serve/server_sockets.hpp"

#include <functional>
#include <memory>

namespace websock {

/// Connections are not its children: each shard keeps its own (connection_host). While
/// draining, it accepts in place of the listener if new clients are to get 503. When the
/// node itself stops, the node ends the connections, and this process does not drain
/// them.
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
