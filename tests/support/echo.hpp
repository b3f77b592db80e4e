// The shortest handler, and a server of it.
#pragma once

#include "websock/handler/handler.hpp"
#include "websock/serve/server.hpp"

namespace tests {

/// Every message goes back to who sent it.
class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

/// For a running_server: an echo at "/".
inline void echoing(websock::server& server) {
  server.websocket<echo>("/");
}

} // namespace tests
