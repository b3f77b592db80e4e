// A connection's callbacks that await: order, what the socket does meanwhile, and how
// they end.
#include "websock/connection/connection.hpp"
#include "websock/connection/connection_host.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/stage.hpp"
#include "tests/websock/connection/release_note.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using websock::handle_result;
using websock::message_view;
using websock::push;
using websock::text;
using websock::testing::client;
using websock::testing::close_frame;

namespace {

/// Waits as the text says: "sleep", "throw", "stop", "receive"; answers everything else
/// at once.
class waiter final : public websock::handler {
public:
  explicit waiter(std::shared_ptr<lines> log) : log_(std::move(log)) {}
  ~waiter() override { log_->push_back("destroyed"); }

private:
  handle_result handle_in(message_view in) override {
    const tests::release_note held(log_);
    const auto what = in.text(); // stays valid: the frame has a copy
    log_->push_back("in " + std::string(what));
    if (what.starts_with("sleep"))
      co_await self().sleep(1s);
    if (what.starts_with("receive"))
      co_await self().receive(
          1s, [this](int n) { log_->push_back("received " + std::to_string(n)); });
    if (what.starts_with("flush"))
      co_await flushed();
    if (what.starts_with("throw")) {
      co_await self().sleep(1s);
      throw std::runtime_error("boom");
    }
    if (what.starts_with("stop")) {
      co_await self().sleep(1s);
      co_return websock::stop(runtime::reason::normal, {4000, "enough"});
    }
    if (what.starts_with("big"))
      co_return push(text(std::string(2'000'000, 'x')));
    co_return push(in);
  }
  handle_result handle_info(runtime::term info) override {
    log_->push_back("info " + to_string(info));
    return push(text("info"));
  }
  handle_result handle_control(websock::control_view control) override {
    const std::string_view payload = control.payload();
    co_await self().sleep(1s);
    co_return push(text("control " + std::string(payload)));
  }
  void terminate(const websock::close_reason& why) override {
    log_->push_back("terminate " + to_string(why));
  }

  std::shared_ptr<lines> log_;
};

class late final : public websock::handler {
public:
  explicit late(std::shared_ptr<lines> log) : log_(std::move(log)) {}

private:
  handle_result init() override {
    co_await self().sleep(1s);
    log_->push_back("up");
    co_return push(text("welcome"));
  }
  handle_result handle_in(message_view in) override {
    log_->push_back("in " + std::string(in.text()));
    return push(in);
  }
  void terminate(const websock::close_reason& why) override {
    log_->push_back("terminate " + to_string(why));
  }
  std::shared_ptr<lines> log_;
};

/// What it does with a message is a function of its own.
class caller final : public websock::handler {
public:
  explicit caller(std::shared_ptr<lines> log) : log_(std::move(log)) {}
  ~caller() override { log_->push_back("destroyed"); }

private:
  handle_result handle_in(message_view in) override {
    const tests::release_note held(log_);
    co_return push(text(co_await answer_to(in)));
  }
  runtime::waiting<std::string> answer_to(message_view in) {
    const std::string_view asked = in.text(); // lies in the frame of handle_in
    co_await self().sleep(1s);
    log_->push_back("answers " + std::string(asked));
    co_return "answer to " + std::string(asked);
  }
  std::shared_ptr<lines> log_;
};

template <class Handler>
struct scene : stage {
  explicit scene(const websock::upgrade_options& options = {})
      : peer(websock::testing::connect_with<Handler>(node, options, log)) {
    node.run_until_idle();
    monitor = me.monitor(peer.pid());
  }
  void run() { node.run_until_idle(); }
  [[nodiscard]] std::string end() { return end_of(monitor); }

  std::shared_ptr<lines> log = std::make_shared<lines>();
  client peer;
  runtime::reference monitor;
};

} // namespace

TEST_CASE("while a callback waits, frames and messages wait behind it, in order [2]") {
  scene<waiter> on;
  on.peer.text("sleep");
  on.run();
  on.peer.text("one");
  on.run();
  runtime::send(on.peer.pid(), 1);
  on.run();
  on.peer.text("two");
  on.run();
  CHECK(*on.log == lines{"in sleep"});
  CHECK(on.peer.received().empty());
  on.node.advance(1s);
  CHECK(on.log->front() == "in sleep");
  CHECK(on.log->back() != "in sleep");
  const auto texts = on.peer.texts();
  REQUIRE(texts.size() == 4);
  CHECK(texts[0] == "sleep");
}

TEST_CASE("frames of the same read are handled when the callback is done, ahead of "
          "messages that came meanwhile [2]") {
  scene<waiter> on;
  on.peer.text("sleep 1");
  on.peer.text("sleep 2");
  on.peer.text("three");
  on.run();
  runtime::send(on.peer.pid(), 1);
  on.run();
  on.node.advance(1s);
  CHECK(on.peer.texts() == lines{"sleep 1"});
  on.node.advance(1s);
  CHECK(on.peer.texts() == lines{"sleep 1", "sleep 2", "three", "info"});
  CHECK(on.end() == "alive");
}

TEST_CASE("what a callback refers to of its message stays valid while it waits") {
  scene<waiter> on;
  const std::string long_text = "sleep " + std::string(60'000, 'y');
  on.peer.text(long_text);
  on.run();
  on.node.advance(1s);
  CHECK(on.peer.texts() == lines{long_text});
  on.peer.ping("payload");
  on.run();
  on.node.advance(1s);
  CHECK(on.peer.texts().back() == "control payload");
}

TEST_CASE("a selective receive leaves the other messages and the frames in order") {
  scene<waiter> on;
  on.peer.text("receive");
  on.run();
  runtime::send(on.peer.pid(), std::string("other"));
  runtime::send(on.peer.pid(), 7);
  on.run();
  CHECK(*on.log == lines{"in receive", "received 7", "released", "info \"other\""});
  CHECK(on.peer.texts() == lines{"receive", "info"});
}

TEST_CASE("an exception after a wait is one of the callback [13]") {
  scene<waiter> on;
  on.peer.text("throw");
  on.run();
  on.peer.text("never handled");
  on.run();
  on.node.advance(1s);
  CHECK(*on.log
        == lines{"in throw", "released", "terminate {error, error: boom}", "destroyed"});
  CHECK(on.peer.close_frame() == close_frame{1011, ""});
  CHECK(on.end() == "error: boom");
  CHECK(on.node.log_lines().size() == 1);
}

TEST_CASE("a stop after a wait is a stop [4][8]") {
  scene<waiter> on;
  on.peer.text("stop");
  on.peer.text("never handled");
  on.run();
  on.node.advance(1s);
  CHECK(on.peer.close_frame() == close_frame{4000, "enough"});
  on.peer.close(4000);
  on.run();
  CHECK(*on.log == lines{"in stop", "released", "terminate normal", "destroyed"});
  CHECK(on.end() == "normal");
}

TEST_CASE("an untrapped exit signal ends a wait at once; what it holds is released "
          "before the handler [16]") {
  scene<waiter> on;
  on.peer.text("sleep");
  on.run();
  on.node.node().exit(on.peer.pid(), runtime::reason::kill);
  on.run();
  CHECK(*on.log == lines{"in sleep", "released", "destroyed"});
  CHECK(on.peer.close_frame() == close_frame{1011, ""});
  CHECK(on.end() == "killed");
}

TEST_CASE("a function that a callback waits for has its message, and ends with it") {
  scene<caller> on;
  on.peer.text("one");
  on.peer.text("two");
  on.run();
  on.node.advance(1s);
  CHECK(on.peer.texts() == lines{"answer to one"});
  CHECK(*on.log == lines{"answers one", "released"});
  on.node.node().exit(on.peer.pid(), runtime::reason::kill);
  on.run();
  CHECK(*on.log == lines{"answers one", "released", "released", "destroyed"});
  CHECK(on.end() == "killed");
}

TEST_CASE("a client that has ended its side is noticed when the callback is done [11]") {
  scene<waiter> on;
  on.peer.text("sleep");
  on.run();
  on.peer.disconnect();
  on.run();
  CHECK(on.end() == "alive");
  on.node.advance(1s);
  CHECK(on.log->at(2) == "terminate {error, error: closed}");
  CHECK(on.end() == "{shutdown, \"closed\"}");
}

TEST_CASE("a client's close frame waits as well, and is answered then [10]") {
  scene<waiter> on;
  on.peer.text("sleep");
  on.peer.close(1000, "bye");
  on.run();
  CHECK_FALSE(on.peer.close_frame());
  on.node.advance(1s);
  CHECK(on.peer.texts() == lines{"sleep"});
  CHECK(on.peer.close_frame() == close_frame{1000, ""});
  CHECK(on.end() == "{shutdown, \"remote\"}");
}

TEST_CASE("a server that ends asks behind the callback [14]") {
  scene<waiter> on;
  on.peer.text("sleep");
  on.run();
  on.peer.with_host([](auto& host) { host.drain({}, 0, 1, [](auto) {}); });
  on.run();
  CHECK_FALSE(on.peer.close_frame());
  on.node.advance(1s);
  CHECK(on.peer.texts() == lines{"sleep"});
  CHECK(on.peer.close_frame() == close_frame{1001, ""});
}

TEST_CASE("an init that waits: frames come after it, the 101 and messages do not wait") {
  scene<late> on;
  on.peer.text("early");
  on.run();
  CHECK(on.log->empty());
  on.node.advance(1s);
  CHECK(*on.log == lines{"up", "in early"});
  CHECK(on.peer.texts() == lines{"welcome", "early"});
}

TEST_CASE("an init that is killed while it waits has no terminate [16]") {
  scene<late> on;
  on.node.node().exit(on.peer.pid(), runtime::reason::shutdown);
  on.run();
  CHECK(on.log->empty());
  CHECK(on.peer.close_frame() == close_frame{1001, ""});
}

TEST_CASE("flushed waits until what was pushed before has left") {
  scene<waiter> on({.high_mark = 4'000'000});
  on.peer.take_only(1'000'000);
  on.peer.text("big");
  on.run();
  on.peer.text("flush");
  on.run();
  CHECK(on.log->back() == "in flush");
  on.peer.take(500'000);
  on.run();
  CHECK(on.log->back() == "in flush");
  on.peer.take(10'000'000);
  on.run();
  CHECK(on.peer.texts().size() == 2);
  CHECK(on.log->back() == "released");
}

TEST_CASE("flushed with nothing to send does not wait") {
  scene<waiter> on;
  on.peer.text("flush");
  on.run();
  CHECK(on.peer.texts() == lines{"flush"});
}

TEST_CASE("a receive within handle_in takes the answer; what came before it stays [2]",
          "[conn-selective-receive-in-handler]") {
  struct answer {
    int value;
  };
  stage on;
  runtime::process* self = nullptr;
  script todo;
  todo.init = [&](runtime::process& own) {
    self = &own;
    return websock::ok();
  };
  todo.handle_in = [&](message_view) -> handle_result {
    const auto found =
        co_await self->receive(500ms, [](answer a) { return std::to_string(a.value); });
    co_return push(text(found ? "answer " + *found : "none"));
  };
  observed c(on, todo);
  c.hold();
  c.peer.text("ask");
  on.node.run_until_idle();
  for (const auto* noise : {"noise1", "noise2"})
    runtime::send(c.pid(), std::string(noise));
  runtime::send(c.pid(), answer{42});
  runtime::send(c.pid(), std::string("noise3"));
  on.node.run_until_idle();
  c.go_on();
  const lines callbacks{"init", "in ask", "info \"noise1\"", "info \"noise2\"",
                        "info \"noise3\""};
  CHECK(c.callbacks() == callbacks);
  CHECK(c.peer.texts() == lines{"answer 42"});
  tests::check_hang_up(on, c, callbacks);
}

TEST_CASE("a receive that takes everything takes no frame: bytes are no messages [2]",
          "[conn-selective-receive-steals-frames]") {
  struct steal {};
  stage on;
  runtime::process* self = nullptr;
  script todo;
  todo.init = [&](runtime::process& own) {
    self = &own;
    return websock::ok();
  };
  todo.handle_info = [&](runtime::term) -> handle_result {
    const bool stole =
        co_await self->receive(300ms, [](const runtime::term&) { return; });
    co_return push(text(stole ? "stole" : "nothing"));
  };
  observed c(on, todo);
  runtime::send(c.pid(), steal{});
  on.node.run_until_idle();
  c.peer.text("f1");
  on.me.sleep(400ms);
  CHECK(c.peer.texts() == lines{"nothing", "f1"});
  c.peer.text("f2");
  on.me.sleep(150ms);
  CHECK(c.peer.texts() == lines{"nothing", "f1", "f2"});
}
