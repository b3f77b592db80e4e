// The process that accepts connections: the last child of a server's supervisor.
#pragma once

#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/serve/server_sockets.hpp"

#include <memory>

namespace websock {

/// Crashes when the socket is broken, but not when descriptors run out. It does not own
/// the socket: after a restart, its successor accepts from the same backlog.
class listener_process final : public runtime::behaviour {
public:
  explicit listener_process(std::shared_ptr<server_sockets> sockets);

private:
  void on_start() override;
  void on_message(runtime::term message) override;
  void on_exit(const runtime::exit_reason& why) noexcept override;

  const std::shared_ptr<server_sockets> sockets_;
  acceptor::turn turn_{};
};

} // namespace websock
