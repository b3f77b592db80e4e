// Recorded scenarios: the peer does not read, or sends faster than the handler handles.
#include "websock/connection/connection.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Answers every message with 64 KiB that begin with its number.
[[nodiscard]] script blobs() {
  script todo;
  todo.handle_info = [](runtime::term info) {
    auto number = std::to_string(info.get<int>());
    number.resize(65'536, '.');
    return websock::push(websock::binary(std::move(number)));
  };
  return todo;
}

/// A peer that reads nothing is asked to take `count` of them.
void flood(stage& on, observed& c, int count) {
  c.peer.take_only(0);
  for (int i = 1; i <= count; ++i)
    runtime::send(c.pid(), i);
  on.node.run_until_idle();
}

/// The process waits, with a mailbox that is not empty.
void check_blocked(observed& c) {
  CHECK(c.end() == "alive");
  CHECK(c.process().message_queue_len() > 0);
}

} // namespace

TEST_CASE("a peer that reads late gets everything in order [15]",
          "[slow-consumer-resumes]") {
  stage on;
  observed c(on, blobs());
  flood(on, c, 100);
  check_blocked(c);
  on.me.sleep(400ms);
  c.peer.take(100'000'000);
  on.node.run_until_idle();
  const auto frames = c.peer.frames();
  REQUIRE(frames.size() == 100);
  for (std::size_t i = 0; i < frames.size(); ++i)
    CHECK(frames[i].payload.starts_with(std::to_string(i + 1) + "."));
  CHECK(c.callbacks().size() == 101);
  CHECK(c.end() == "alive");
}

TEST_CASE("a reset frees a process that waits for its peer [11][15]",
          "[slow-consumer-close-while-blocked]") {
  stage on;
  observed c(on, blobs());
  flood(on, c, 200);
  check_blocked(c);
  const auto handled = c.callbacks();
  c.peer.reset();
  on.node.run_until_idle();
  CHECK(c.callbacks()
        == tests::operator+(handled, {"terminate {error, error: closed}", "destroyed"}));
  CHECK(c.end() == "{shutdown, \"closed\"}");
  CHECK(c.peer.received().empty());
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("a peer that takes nothing is given up after send_timeout, be the timeout what "
          "it may [15]",
          "[slow-consumer-send-timeout-then-idle-timeout]") {
  stage on;
  const auto timeout = GENERATE(2000ms, 500ms);
  observed c(on, blobs(), {.timeout = timeout, .send_timeout = 1000ms});
  flood(on, c, 400);
  check_blocked(c);
  const auto handled = c.callbacks();
  on.me.sleep(999ms);
  CHECK(c.end() == "alive");
  on.me.sleep(1ms);
  CHECK(c.callbacks()
        == tests::operator+(handled, {"terminate {error, timeout}", "destroyed"}));
  CHECK(c.end() == "{shutdown, \"timeout\"}");
  CHECK(c.peer.received().empty());
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("a real peer that vanishes is noticed at once, though its process waits for "
          "it [11][15]",
          "[slow-consumer-client-gone-detection]") {
  tests::connection_notes notes;
  tests::running_server subject(tests::noting<tests::noted_flooder>(notes),
                                {.connection = {.timeout = 1h, .send_timeout = 1h}});
  tests::websocket_client client(subject.port());
  CHECK(client.stream().take(10).starts_with("\x82\x7F"));
  notes.started.take();
  client.stream().reset();
  CHECK(notes.terminated.take() == "{error, error: closed}");
  CHECK(notes.exited.take() == "{shutdown, \"closed\"}");
  CHECK(subject.log.empty());
}

TEST_CASE("bytes wait in the kernel, not in the mailbox, while the process is busy [2]",
          "[slow-consumer-inbound-backpressure]") {
  stage on;
  websock::testing::client* peer = nullptr;
  std::size_t longest = 0;
  std::size_t unread = 0;
  script todo;
  todo.handle_in = [&](websock::message_view) {
    on.node.pass(100ms);
    longest = std::max(longest, tests::process_of(peer->pid()).message_queue_len());
    unread = std::max(unread, peer->unread());
    return websock::ok();
  };
  observed c(on, todo, {.timeout = 1h});
  peer = &c.peer;
  for (int i = 0; i < 50; ++i)
    c.peer.binary(std::string(65'536, '\1'));
  on.node.run_until_idle();
  CHECK(longest <= 2);
  CHECK(unread > 40 * std::size_t{65'536});
  CHECK(c.callbacks().size() == 51);
}

TEST_CASE("a peer that has ended its own side and reads late gets what was pushed before "
          "[11][15]") {
  stage on;
  const bool is_stopping = GENERATE(true, false);
  script todo;
  todo.handle_in = [=](websock::message_view in) {
    return is_stopping && in.text() == "f2" ? websock::stop(runtime::reason::normal)
                                            : websock::push(in);
  };
  observed c(on, todo, {.send_timeout = 5s});
  c.peer.take_only(3);
  for (const char* each : {"f1", "f2"})
    c.peer.text(each);
  c.peer.disconnect();
  on.me.sleep(4s);
  runtime::send(c.pid(), std::string("late"));
  c.peer.take(1);
  on.me.sleep(4s); // it goes on to read, if slowly
  CHECK(c.end() == "alive");
  c.peer.take(1000);
  on.node.run_until_idle();
  if (is_stopping) {
    CHECK(tests::heard(c.peer) == lines{"text f1", "close 1000"});
    CHECK(c.callbacks()
          == lines{"init", "in f1", "in f2", "terminate normal", "destroyed"});
    CHECK(c.end() == "normal");
  } else {
    CHECK(tests::heard(c.peer) == lines{"text f1", "text f2"});
    CHECK(c.callbacks()
          == lines{"init", "in f1", "in f2", "terminate {error, error: closed}",
                   "destroyed"});
    CHECK(c.end() == "{shutdown, \"closed\"}");
  }
}

TEST_CASE("one that then takes nothing is given up after send_timeout [15]") {
  stage on;
  observed c(on, {}, {.send_timeout = 5s});
  c.peer.take_only(3);
  c.peer.text("f1");
  c.peer.disconnect();
  on.me.sleep(4999ms);
  CHECK(c.end() == "alive");
  on.me.sleep(1ms);
  CHECK(c.callbacks()
        == lines{"init", "in f1", "terminate {error, timeout}", "destroyed"});
  CHECK(c.end() == "{shutdown, \"timeout\"}");
}
