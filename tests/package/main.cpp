// The smallest server, built against an installed package: constructs it and adds a
// route, but does not run it.
#include "websock/websock.hpp"

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

int main() {
  websock::server server{{.port = 0}};
  server.websocket<echo>("/");
  return 0;
}
