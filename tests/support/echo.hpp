// The shortest handler, and a server that uses it.
#pragma once

#include "websock/handler/handler.hpp"
#include "websock/serve/server.hpp"

namespace tests {

/// Sends every message back to its sender.
class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

/// For a running_server: adds an echo at "/".
inline void echoing(websock::server& server) {
  server.websocket<echo>("/");
}

} // namespace tests
