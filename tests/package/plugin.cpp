// A shared object linked from the static libraries: a server that starts and stops.
#include "websock/websock.hpp"

namespace {

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

} // namespace

extern "C" int serve() {
  websock::server server{{.port = 0, .shards = 1}};
  server.websocket<echo>("/");
  server.start();
  const bool is_up = server.port() != 0;
  server.stop();
  return is_up ? 0 : 1;
}
