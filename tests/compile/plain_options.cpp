// A route must not accept complete options, in either place or spelling.
#include "websock/websock.hpp"

#include <chrono>

class silent final : public websock::handler {
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
};

void route(websock::server& server, const websock::http::request& request) {
#ifdef AT_SERVER
  server.websocket<silent>("/", {.timeout = std::chrono::seconds(5)});
#else
  static_cast<void>(server);
#endif
#ifdef AT_UPGRADE
  static_cast<void>(websock::upgrade<silent>(request, {}));
#else
  static_cast<void>(request);
#endif
}
