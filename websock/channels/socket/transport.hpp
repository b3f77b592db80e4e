// The process of a client's connection: a WebSocket that carries the messages of its
// channels.
#pragma once

#include "websock/channels/socket/multiplexer.hpp"
#include "websock/handler/handler.hpp"

#include <memory>

namespace websock::channels {

/// Source: Phoenix.Transports.WebSocket.
class transport final : public handler {
public:
  transport(std::shared_ptr<const endpoint> of,
            std::shared_ptr<const channel_socket> socket, serializer how);

private:
  handle_result init() override;
  handle_result handle_in(message_view in) override;
  handle_result handle_info(runtime::term info) override;
  void terminate(const close_reason& why) override;

  [[nodiscard]] handle_result flush();

  multiplexer channels_;
};

} // namespace websock::channels
