// A peer that reads nothing, on a real socket.
#include "websock/handler/handler.hpp"
#include "websock/handler/message.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"
#include "tests/websock/connection/socket_connection.hpp"

#include <string>

namespace runtime = websock::runtime;

namespace {

class teller final : public websock::handler {
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
  websock::handle_result handle_info(runtime::term info) override {
    return websock::push(info.get<websock::shared_message>());
  }
};

constexpr std::size_t page_size = 200'000;
constexpr int pages = 60; // more than the kernel keeps for a peer that reads nothing

/// Publishes a number for each page in one turn, and pushes a page for each that is
/// published.
class printer final : public websock::handler {
  websock::handle_result init() override {
    runtime::pubsub::subscribe(self(), "numbers");
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view) override {
    for (int i = 0; i < pages; ++i)
      runtime::pubsub::broadcast(self(), "numbers", i);
    return websock::ok();
  }
  websock::handle_result handle_info(runtime::term info) override {
    return websock::push(
        websock::text(std::string(page_size, static_cast<char>('0' + info.get<int>()))));
  }
};

struct fixture : tests::socket_connection<teller> {
  explicit fixture(runtime::reactor_kind reactor) : socket_connection({}, {}, reactor) {}

  void tell(const std::string& text) {
    runtime::send(pid, websock::share(websock::text(text)));
    work();
  }
  void work() {
    node.run_until_idle();
    shard.poll();
  }
};

} // namespace

TEST_CASE(
    "a small backlog waits for its peer without keeping the shard awake, and leaves "
    "in order") {
  fixture f(GENERATE_COPY(from_range(tests::kinds())));
  std::string sent;
  for (int i = 0; f.host.unsent().bytes == 0; ++i) {
    REQUIRE(i < 100'000);
    const std::string text(100, static_cast<char>('a' + i % 26));
    f.tell(text);
    sent += "\x81" + std::string(1, char{100}) + text;
  }
  for (int i = 0; i < 10; ++i)
    f.work();
  CHECK(f.host.unsent().bytes < 4'096);
  for (int i = 0; i < 10; ++i)
    CHECK(f.shard.sockets().poll() == 0);
  std::string got;
  for (int i = 0; i < 1'000 && got.size() < sent.size(); ++i) {
    got += f.answer();
    f.work();
  }
  CHECK(got == sent);
  CHECK(f.host.unsent().bytes == 0);
}

TEST_CASE("what was posted and finds no room when its process ends leaves all the same") {
  fixture f(GENERATE_COPY(from_range(tests::kinds())));
  const auto filled = f.fill();
  runtime::send(f.pid, websock::share(websock::text("hello")));
  f.node.run_until_idle();
  f.node.node().exit(f.pid, runtime::reason::kill);
  f.node.run_until_idle();
  REQUIRE_FALSE(f.pid.is_alive());
  std::string got;
  for (int i = 0; i < 1'000; ++i) {
    got += f.answer();
    f.work();
  }
  REQUIRE(got.size() >= filled);
  CHECK(got.substr(filled) == "\x81\x05hello\x88\x02\x03\xF3");
}

TEST_CASE(
    "who is held in the middle of what was published together gets the rest later") {
  tests::running_server subject(
      [](websock::server& server) { server.websocket<printer>("/"); },
      {.connection = {.high_mark = page_size, .low_mark = 1}});
  tests::websocket_client peer(subject.port());
  peer.text("print");
  for (int i = 0; i < pages; ++i)
    REQUIRE(peer.take_text() == std::string(page_size, static_cast<char>('0' + i)));
}
