// Callbacks that await compile without optimization and without warnings.
#include "websock/runtime/waits.hpp"
#include "websock/websock.hpp"

#include <chrono>

class patient final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    co_await self().sleep(std::chrono::seconds(1));
    co_return websock::push(in);
  }
};

int main() {
  websock::server server{{.port = 0}};
  server.websocket<patient>("/");
}
