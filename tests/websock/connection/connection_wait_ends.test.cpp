// What can end a connection's suspended callback: deadlines and the peer, whatever it
// awaits.
#include "websock/handler/handler.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"
#include "tests/support/stage.hpp"
#include "tests/support/websocket_client.hpp"
#include "tests/websock/connection/release_note.hpp"
#include "tests/websock/connection/socket_connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using tests::stage;
using websock::handle_result;
using websock::message_view;
using websock::push;
using websock::text;
using websock::testing::client;
using websock::testing::close_frame;
using websock::testing::lines;

namespace {

/// Waits as the text says, for ever or until all has left; answers everything else.
class waiter final : public websock::handler {
public:
  explicit waiter(std::shared_ptr<lines> log) : log_(std::move(log)) {}
  ~waiter() override { log_->push_back("destroyed"); }

private:
  handle_result handle_in(message_view in) override {
    const tests::release_note held(log_);
    const auto what = in.text();
    log_->push_back("in " + std::string(what));
    if (what == "for ever")
      co_await self().receive(runtime::infinity, [](int) {});
    if (what == "a second")
      co_await self().sleep(1s);
    if (what == "flush")
      co_await flushed();
    if (what == "big")
      co_return push(text(std::string(1'000'000, 'x')));
    co_return push(in);
  }
  handle_result handle_info(runtime::term info) override {
    if (const auto* time = info.get_if<std::chrono::seconds>())
      co_await self().sleep(*time);
    co_return websock::ok();
  }
  void terminate(const websock::close_reason& why) override {
    log_->push_back("terminate " + to_string(why));
  }

  std::shared_ptr<lines> log_;
};

/// What the log says of the end, behind `before`.
[[nodiscard]] lines ended(lines before, const std::string& why) {
  before.insert(before.end(), {"released", "terminate " + why, "destroyed"});
  return before;
}

struct scene : stage {
  explicit scene(const websock::upgrade_options& options = {})
      : peer(websock::testing::connect_with<waiter>(node, options, log)) {
    node.run_until_idle();
    monitor = me.monitor(peer.pid());
  }
  void say(const std::string& what) {
    peer.text(what);
    node.run_until_idle();
  }
  [[nodiscard]] std::string end() { return end_of(monitor); }

  std::shared_ptr<lines> log = std::make_shared<lines>();
  client peer;
  runtime::reference monitor;
};

struct on_socket {
  explicit on_socket(runtime::reactor_kind reactor)
      : log(std::make_shared<lines>()), connection({}, {}, reactor, log) {}
  void say(std::string_view what) const { connection.send(tests::text_frame(what)); }
  void work() {
    for (int i = 0; i < 5; ++i) {
      connection.shard.poll();
      connection.node.run_until_idle();
    }
  }

  std::shared_ptr<lines> log;
  tests::socket_connection<waiter> connection;
};

} // namespace

TEST_CASE("a peer that takes nothing for send_timeout is given up while a callback waits "
          "until all has left [15]") {
  const std::size_t high_mark = GENERATE(1'000U, 4'000'000U);
  scene on({.timeout = 1h, .send_timeout = 2s, .high_mark = high_mark, .low_mark = 100});
  on.peer.take_only(500'000);
  on.peer.text("big");
  on.say("flush");
  if (high_mark == 1'000U) {
    on.peer.take(499'000); // below the high mark: the callback is called
    on.node.run_until_idle();
    on.peer.take(900);
    on.node.run_until_idle();
  }
  CHECK(on.log->back() == "in flush");
  on.node.advance(1'999ms);
  CHECK(on.end() == "alive");
  on.node.advance(1ms);
  CHECK(*on.log == ended({"in big", "released", "in flush"}, "{error, timeout}"));
  CHECK(on.end() == "{shutdown, \"timeout\"}");
}

TEST_CASE("a peer that takes something in time is waited for, however long all of it "
          "takes") {
  scene on({.timeout = 1h, .send_timeout = 2s, .high_mark = 4'000'000});
  on.peer.take_only(1'000);
  on.peer.text("big");
  on.say("flush");
  for (int i = 0; i < 10; ++i) {
    on.node.advance(1'900ms);
    on.peer.take(50'000);
    on.node.run_until_idle();
  }
  CHECK(on.log->back() == "in flush");
  CHECK(on.end() == "alive");
  on.peer.take(1'000'000);
  on.node.run_until_idle();
  CHECK(on.log->back() == "released");
}

TEST_CASE("send_timeout counts whatever a callback waits for [15]") {
  scene on({.timeout = 1h, .send_timeout = 2s, .high_mark = 4'000'000});
  on.peer.take_only(1'000);
  on.peer.text("big");
  on.say("for ever");
  on.node.advance(2s);
  CHECK(*on.log == ended({"in big", "released", "in for ever"}, "{error, timeout}"));
}

TEST_CASE("silence counts while a callback waits [9]") {
  scene on({.timeout = 500ms});
  on.say("for ever");
  on.node.advance(499ms);
  CHECK(on.end() == "alive");
  SECTION("the peer was silent") {
    on.node.advance(1ms);
    CHECK(*on.log == ended({"in for ever"}, "timeout"));
    CHECK(on.peer.close_frame() == close_frame{1001, "idle timeout"});
    CHECK(on.end() == "{shutdown, \"timeout\"}");
  }
  SECTION("the peer spoke: so much more") {
    on.say("hello");
    on.node.advance(500ms);
    CHECK(on.end() == "alive");
    on.say("hello");
    on.node.advance(500ms);
    CHECK(on.end() == "alive");
    on.node.advance(500ms);
    CHECK(on.peer.close_frame() == close_frame{1001, "idle timeout"});
    CHECK(on.log->at(1) == "released"); // what came meanwhile is not handled
  }
}

TEST_CASE("what waited behind an earlier callback does not make a peer silent [9]") {
  scene on({.timeout = 600ms});
  on.say("a second");
  on.say(std::string(200, 'x')); // counted at 600 ms, handled at 1 s
  on.say("for ever");
  on.node.advance(1s);
  REQUIRE(on.log->back() == "in for ever");
  on.say("less than that");
  on.node.advance(600ms);
  CHECK(on.end() == "alive");
  on.node.advance(600ms);
  CHECK(on.peer.close_frame() == close_frame{1001, "idle timeout"});
}

TEST_CASE("flushed waits for the kernel, not for what a reactor keeps to send together") {
  on_socket f(GENERATE_COPY(from_range(tests::kinds())));
  auto left = f.connection.fill();
  f.connection.send(tests::text_frame("first") + tests::text_frame("flush"));
  f.work();
  CHECK(*f.log == lines{"in first", "released", "in flush"});
  for (int i = 0; i < 1'000 && left > 0; ++i)
    left -= std::min(left, f.connection.answer().size());
  f.work();
  CHECK(f.log->back() == "released");
}

TEST_CASE("a peer that is kept from sending more is not silent [9]") {
  scene on({.timeout = 500ms});
  on.say("for ever");
  on.peer.raw(std::string(65'536, '\0'));
  on.node.advance(10s);
  CHECK(on.end() == "alive");
  runtime::send(on.peer.pid(), 1);
  on.node.run_until_idle();
  CHECK(on.peer.texts().front() == "for ever");
}

TEST_CASE("a connection that sends pings goes on with it while a callback waits") {
  scene on({.timeout = 3s, .ping_interval = 1s});
  on.say("for ever");
  for (int i = 1; i < 10; ++i) {
    on.node.advance(1s);
    const auto frames = on.peer.frames();
    REQUIRE_FALSE(frames.empty());
    CHECK(frames.back().code == websock::protocol::opcode::ping);
    on.peer.pong();
    on.node.run_until_idle();
  }
  CHECK(on.end() == "alive");
}

TEST_CASE("the rest of a message is not late because a callback waits [9]") {
  scene on({.timeout = 1h, .message_timeout = 2s});
  on.say("a second");
  on.peer.raw(std::string("\x01\x81\0\0\0\0a", 7));
  on.node.advance(1s);
  on.node.advance(1'500ms);
  on.peer.raw(std::string("\x80\x81\0\0\0\0b", 7));
  on.node.run_until_idle();
  CHECK(on.peer.texts() == lines{"a second", "ab"});
  CHECK(on.end() == "alive");
}

TEST_CASE(
    "the rest of a message that has begun is not late because a callback waits [9]") {
  scene on({.timeout = 1h, .message_timeout = 2s});
  on.peer.raw(std::string("\x01\x81\0\0\0\0a", 7));
  on.node.run_until_idle();
  runtime::send(on.peer.pid(), std::chrono::seconds(3));
  on.node.run_until_idle();
  on.node.advance(3s);
  on.node.advance(1'500ms);
  CHECK(on.end() == "alive");
  SECTION("it comes") {
    on.peer.raw(std::string("\x80\x81\0\0\0\0b", 7));
    on.node.run_until_idle();
    CHECK(on.peer.texts() == lines{"ab"});
  }
  SECTION("it does not") {
    on.node.advance(500ms);
    CHECK(on.peer.close_frame() == close_frame{1008, "message timeout"});
  }
}

TEST_CASE("a deadline that passes while a callback is about to go on lets it go on") {
  scene on({.timeout = 1s});
  on.say("a second");
  on.node.advance(500ms);
  on.say("hello");
  on.node.advance(500ms);
  CHECK(on.peer.texts() == lines{"a second", "hello"});
}

TEST_CASE("a reset ends a callback that waits [11]") {
  scene on;
  on.say("for ever");
  on.peer.reset();
  on.node.run_until_idle();
  CHECK(*on.log == ended({"in for ever"}, "{error, error: closed}"));
  CHECK(on.end() == "{shutdown, \"closed\"}");
}

TEST_CASE("a reset that shows when a ping is sent ends a callback that waits [11]") {
  scene on({.timeout = 3s, .ping_interval = 1s});
  on.say("for ever");
  on.peer.raw("x"); // from now on only writing shows it
  on.node.run_until_idle();
  on.peer.reset();
  on.node.advance(1s);
  CHECK(*on.log == ended({"in for ever"}, "{error, error: closed}"));
}

TEST_CASE("what waits behind a callback when the peer has gone is handled first [11]") {
  scene on;
  on.peer.text("a second");
  on.peer.text("hello");
  on.node.run_until_idle();
  on.peer.reset();
  on.node.run_until_idle();
  CHECK(on.end() == "alive");
  on.node.advance(1s);
  CHECK(*on.log
        == lines{"in a second", "released", "in hello", "released",
                 "terminate {error, error: closed}", "destroyed"});
}

TEST_CASE("a peer on a socket whose reset is the first that is heard of it ends the wait "
          "at once, with either reactor [11]") {
  on_socket f(GENERATE_COPY(from_range(tests::kinds())));
  f.say("first");
  f.work();
  f.log->clear();
  f.say("a second");
  f.work();
  REQUIRE(*f.log == lines{"in a second"});
  SECTION("a reset") {
    runtime::send(f.connection.pid, 1); // waits behind the callback, and is dropped
    ::close(std::exchange(f.connection.peer, -1)); // with an answer that it has not read
    f.work();
    CHECK(*f.log == ended({"in a second"}, "{error, error: closed}"));
  }
  SECTION("a frame: it and the peer's end wait for the callback") {
    f.say("hello");
    f.work();
    ::shutdown(f.connection.peer, SHUT_WR);
    f.work();
    CHECK(*f.log == lines{"in a second"});
    CHECK(f.connection.shard.sockets().poll() == 0); // nobody is kept awake
    f.connection.node.advance(1s);
    f.work();
    CHECK(f.log->at(2) == "in hello");
    CHECK(f.log->back() == "destroyed");
  }
}
