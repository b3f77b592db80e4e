// A peer that reads nothing, on a socket of the kernel, with each reactor.
#include "runtime/shard.hpp"
#include "runtime/testing/stepped_node.hpp"
#include "websock/behaviour.hpp"
#include "websock/connection_host.hpp"
#include "websock/message.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactors.hpp"
#include "tests/websock/socket_connection.hpp"

#include <string>

namespace {

class teller final : public websock::behaviour {
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
  websock::handle_result handle_info(runtime::term info) override {
    return websock::push(info.get<websock::shared_message>());
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
