// Deadlines, exit signals and slow peers of a connection. The numbers in the titles refer
// to the rules in docs/semantics.md.
#include "websock/connection/connection.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/websock/connection/scripted.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace websock::testing;
using runtime::testing::stepped_node;

TEST_CASE("silence for the timeout closes with 1001; only inbound bytes count [9]") {
  fixture f({.timeout = 60s});
  f.node.advance(50s);
  f.peer.ping();
  f.node.advance(59s);
  runtime::send(f.peer.pid(), 1);
  f.node.run_until_idle();
  CHECK(f.ends->empty());
  f.node.advance(1s);
  CHECK(f.peer.close_frame() == close_frame{1001, "idle timeout"});
  CHECK(*f.ends == lines{"{shutdown, \"timeout\"}"});
  CHECK(f.work->log
        == lines{"init", "ping ", "info 1", "terminate timeout", "destroyed"});
}

TEST_CASE("a message that dribbles in must be complete by its own deadline [9]") {
  fixture f({.timeout = 60s, .message_timeout = 10s});
  f.peer.raw(
      std::string("\x81\xFE\x10\x00\0\0\0\0", 8)); // 4096 bytes follow, one a second
  for (int second = 0; second < 9; ++second) {
    f.peer.raw("x");
    f.node.advance(1s);
  }
  CHECK(f.ends->empty());
  f.node.advance(1s);
  CHECK(f.peer.close_frame() == close_frame{1008, "message timeout"});
  CHECK(*f.ends == lines{"{shutdown, \"protocol_error\"}"});
}

TEST_CASE("a message that grows may take as long as it needs [9]") {
  fixture f({.timeout = 60s, .message_timeout = 10s, .message_progress = 1'000});
  f.peer.raw(std::string("\x81\xFE\x10\x00\0\0\0\0", 8)); // 4096 bytes follow
  for (int i = 0; i < 4; ++i) {
    f.peer.raw(std::string(1'000, 'x'));
    f.node.advance(9s);
  }
  CHECK(f.ends->empty());
  SECTION("it is complete") {
    f.peer.raw(std::string(96, 'x'));
    f.node.run_until_idle();
    CHECK(f.peer.texts() == lines{std::string(4'096, 'x')});
    f.node.advance(59s);
    CHECK(f.ends->empty());
  }
  SECTION("it grows by too little") {
    f.peer.raw(std::string(90, 'x'));
    f.node.advance(1s);
    CHECK(f.peer.close_frame() == close_frame{1008, "message timeout"});
  }
}

TEST_CASE("pings in the middle of a message do not make it grow [9]") {
  fixture f({.timeout = 60s, .message_timeout = 10s, .message_progress = 1'000});
  f.peer.raw(std::string("\x01\x81\0\0\0\0x", 7));
  for (int i = 0; i < 20; ++i)
    f.peer.ping(std::string(100, 'p'));
  f.node.advance(9s);
  for (int i = 0; i < 20; ++i)
    f.peer.ping(std::string(100, 'p'));
  f.node.advance(1s);
  CHECK(f.peer.close_frame() == close_frame{1008, "message timeout"});
}

TEST_CASE("of messages that follow one another, each has its own time [9]") {
  fixture f({.timeout = 60s, .message_timeout = 10s});
  const std::string frame("\x81\x82\0\0\0\0xy", 8);
  f.peer.raw(frame.substr(0, 4));
  for (int second = 0; second < 30; ++second) { // a message is never complete at the end
    f.peer.raw(frame.substr(4) + frame.substr(0, 4));
    f.node.advance(1s);
  }
  CHECK(f.ends->empty());
  CHECK(f.peer.texts().size() == 30);
}

TEST_CASE("while the process is suspended the time of a message does not count [9]") {
  fixture f({.timeout = 60s,
             .message_timeout = 10s,
             .send_timeout = 60s,
             .high_mark = 100,
             .low_mark = 10});
  f.peer.take_only(0);
  f.peer.text(std::string(200, 'x'));
  f.peer.raw(std::string("\x01\x81\0\0\0\0a", 7));
  f.node.advance(20s);
  f.peer.take(1'000);
  f.node.advance(9s);
  f.peer.raw(std::string("\x80\x81\0\0\0\0b", 7));
  f.node.run_until_idle();
  CHECK(f.peer.texts().back() == "ab");
}

TEST_CASE("an untrapped exit signal ends it at once: a close frame, no callback [16]") {
  fixture f;
  runtime::send(f.peer.pid(), 1);
  SECTION("shutdown") {
    f.node.node().exit(f.peer.pid(), runtime::reason::shutdown);
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == close_frame{1001, ""});
    CHECK(*f.ends == lines{"shutdown"});
  }
  SECTION("kill") {
    f.node.node().exit(f.peer.pid(), runtime::reason::kill);
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == close_frame{1011, ""});
    CHECK(*f.ends == lines{"killed"});
  }
  CHECK(f.work->log.front() == "init");
  CHECK(f.work->log.back() == "destroyed");
  CHECK(f.work->log.size() <= 3);
  CHECK(f.peer.is_ended());
}

TEST_CASE("an exit signal normal to itself ends it as any other does [16]") {
  fixture f;
  f.work->handle_info = [&](runtime::term) {
    tests::process_of(f.peer.pid()).exit(f.peer.pid(), runtime::reason::normal);
    return websock::ok();
  };
  runtime::send(f.peer.pid(), 1);
  f.node.run_until_idle();
  CHECK(f.peer.close_frame() == close_frame{1011, ""});
  CHECK(*f.ends == lines{"normal"});
  CHECK(f.work->log == lines{"init", "info 1", "destroyed"});
}

TEST_CASE("a trapped exit signal is a message to handle_info [17]") {
  fixture f({.trap_exit = true});
  f.node.node().exit(f.peer.pid(), runtime::reason::of(5));
  f.node.run_until_idle();
  CHECK(f.work->log == lines{"init", "info exit_signal{<none>, 5}"});
  CHECK(f.ends->empty());
}

TEST_CASE("a crash of one connection never touches another [18]") {
  script todo;
  todo.handle_in = [](websock::message_view) -> websock::handle_result {
    throw std::runtime_error("boom");
  };
  fixture f({}, todo);
  const auto other_work = std::make_shared<script>();
  auto other = connect<scripted>(f.node, other_work);
  f.peer.text("x");
  other.text("y");
  f.node.run_until_idle();
  CHECK(other.texts() == lines{"y"});
  CHECK(other_work->log == lines{"init", "in y"});
}

TEST_CASE("above the high mark the process waits, below the low mark it goes on, all in "
          "order") {
  script todo;
  todo.handle_info = [](runtime::term info) {
    return websock::push(
        websock::text(std::to_string(info.get<int>()) + std::string(900, '.')));
  };
  fixture f({.send_timeout = 30s, .high_mark = 10'000, .low_mark = 2'000}, todo);
  f.peer.take_only(0);
  for (int i = 0; i < 100; ++i)
    runtime::send(f.peer.pid(), i);
  f.node.run_until_idle();
  const auto handled = f.work->log.size();
  CHECK(handled < 60);
  CHECK(tests::process_of(f.peer.pid()).message_queue_len() > 40);
  for (int i = 0; i < 200; ++i) {
    f.peer.take(1'000);
    f.node.run_until_idle();
  }
  const auto texts = f.peer.texts();
  REQUIRE(texts.size() == 100);
  for (int i = 0; i < 100; ++i)
    CHECK(texts[static_cast<std::size_t>(i)].starts_with(std::to_string(i) + "."));
}

TEST_CASE("a peer that takes nothing for send_timeout is given up [15]") {
  fixture f({.timeout = 60s, .send_timeout = 30s},
            answering([] { return websock::push(websock::text("answer")); }));
  f.peer.take_only(3);
  f.peer.text("x");
  f.node.advance(29s);
  CHECK(f.ends->empty());
  f.node.advance(1s);
  CHECK(*f.ends == lines{"{shutdown, \"timeout\"}"});
  CHECK(f.work->log == lines{"init", "in x", "terminate {error, timeout}", "destroyed"});
}

TEST_CASE("a line broadcast by one connection reaches the others as a message") {
  class member final : public websock::handler {
    websock::handle_result init() override {
      runtime::pubsub::subscribe(self(), "room");
      return websock::ok();
    }
    websock::handle_result handle_in(websock::message_view in) override {
      runtime::pubsub::broadcast_from(self(), "room", std::string(in.text()));
      return websock::ok();
    }
    websock::handle_result handle_info(runtime::term info) override {
      return websock::push(websock::text(info.get<std::string>()));
    }
  };
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  auto ada = connect<member>(node);
  auto bob = connect<member>(node);
  node.run_until_idle();
  ada.text("hi");
  ada.text("there");
  node.run_until_idle();
  CHECK(bob.texts() == lines{"hi", "there"});
  CHECK(ada.texts().empty());
}

TEST_CASE("a mailbox that overflows closes with 1013; what waits is dropped [19]") {
  fixture f({.mailbox = {3, 0, runtime::when_full::close}});
  tests::suspend(f.peer.pid());
  for (int i = 0; i < 5; ++i)
    runtime::send(f.peer.pid(), i);
  f.node.run_until_idle();
  CHECK_FALSE(f.peer.close_frame());
  tests::resume(f.peer.pid());
  f.node.run_until_idle();
  CHECK(f.peer.close_frame() == close_frame{1013, "mailbox full"});
  CHECK(f.ends->empty());
  f.peer.close(1013);
  f.node.run_until_idle();
  CHECK(f.work->log == lines{"init", "terminate {error, \"mailbox_full\"}", "destroyed"});
  CHECK(*f.ends == lines{"{shutdown, \"mailbox_full\"}"});
}

TEST_CASE("a mailbox that overflows drops the newest or the oldest, as it is told [19]") {
  const auto [policy, left] = GENERATE(
      std::pair(runtime::when_full::drop_newest, lines{"init", "info 0", "info 1"}),
      std::pair(runtime::when_full::drop_oldest, lines{"init", "info 3", "info 4"}));
  fixture f({.mailbox = {2, 0, policy}});
  tests::suspend(f.peer.pid());
  for (int i = 0; i < 5; ++i)
    runtime::send(f.peer.pid(), i);
  f.node.run_until_idle();
  tests::resume(f.peer.pid());
  f.node.run_until_idle();
  CHECK(f.work->log == left);
  CHECK(f.ends->empty());
}

TEST_CASE("a mailbox that overflows under kill ends with killed and 1011 [19]") {
  fixture f({.mailbox = {2, 0, runtime::when_full::exit_killed}});
  tests::suspend(f.peer.pid());
  for (int i = 0; i < 3; ++i)
    runtime::send(f.peer.pid(), i);
  f.node.run_until_idle();
  CHECK(f.peer.close_frame() == close_frame{1011, ""});
  CHECK(f.work->log == lines{"init", "destroyed"});
  CHECK(*f.ends == lines{"killed"});
}
