// A peer that reads nothing, on a socket of the kernel, with each reactor.
#include "runtime/shard.hpp"
#include "runtime/testing/stepped_node.hpp"
#include "websock/behaviour.hpp"
#include "websock/connection_host.hpp"
#include "websock/connection_process.hpp"
#include "websock/message.hpp"
#include "websock/reply.hpp"
#include "websock/socket_transport.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactors.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
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

struct fixture {
  explicit fixture(runtime::reactor_kind kind)
      : node(1, {.shards = 1, .pool_threads = 1, .reactor = kind}) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    peer = ends[0];
    websock::connection_setup setup{
        &host,
        std::make_unique<websock::socket_transport>(ends[1], shard.sockets()),
        std::make_shared<const websock::upgrade_options>(),
        websock::detail::make_factory<teller>(),
        {},
        {},
        host.expect()};
    pid = node.node().spawn_on<websock::connection_process>(0, std::move(setup));
    node.run_until_idle();
  }
  ~fixture() {
    ::close(peer);
    shard.post([this](runtime::shard&) { host.give_up(); });
    node.run_until_idle();
  }

  void tell(const std::string& text) {
    runtime::send(pid, websock::share(websock::text(text)));
    work();
  }
  void work() {
    node.run_until_idle();
    shard.poll();
  }
  [[nodiscard]] std::string read() {
    std::array<char, 65'536> buffer;
    const auto size = ::recv(peer, buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
  }

  runtime::testing::stepped_node node;
  runtime::shard& shard = node.node().shard_at(0);
  websock::connection_host host{shard};
  runtime::pid pid;
  int peer = -1;
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
    got += f.read();
    f.work();
  }
  CHECK(got == sent);
  CHECK(f.host.unsent().bytes == 0);
}
