// Recorded scenarios: the peer closes or disappears.
#include "websock/connection/connection.hpp"

#include "tests/catch.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// A masked close frame with this payload; the mask is zero.
[[nodiscard]] std::string close_frame(std::string_view payload) {
  std::string frame("\x88\x80\0\0\0\0", 6);
  frame[1] = static_cast<char>(0x80U | payload.size());
  return frame.append(payload);
}

[[nodiscard]] std::string code(unsigned number) {
  return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
}

/// The client closes with this payload: `terminate` is told `told`, the client `answer`,
/// and what comes behind is dropped.
void check_close(const std::string& payload, const std::string& told,
                 const std::string& answer) {
  stage on;
  observed c(on);
  c.peer.raw(close_frame(payload));
  c.peer.text("late");
  runtime::send(c.pid(), 1);
  on.node.run_until_idle();
  CHECK(heard(c.peer) == lines{"close " + answer});
  CHECK(c.callbacks() == lines{"init", "terminate {remote, " + told + "}", "destroyed"});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "{shutdown, \"remote\"}");
  CHECK(on.node.log_lines().empty());
}

/// A close frame that breaks the protocol.
void check_bad_close(std::string_view octets, const std::string& clause) {
  stage on;
  observed c(on);
  c.peer.raw(octets);
  on.node.run_until_idle();
  CHECK(heard(c.peer) == lines{"close 1002"});
  CHECK(c.callbacks()
        == lines{"init", "terminate {error, error: " + clause + "}", "destroyed"});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "{shutdown, \"protocol_error\"}");
  CHECK(on.node.log_lines().empty());
}

/// The peer is gone, without a close frame.
void check_gone(stage& on, observed& c, const lines& callbacks) {
  on.node.run_until_idle();
  CHECK(c.callbacks()
        == callbacks + lines{"terminate {error, error: closed}", "destroyed"});
  CHECK(c.end() == "{shutdown, \"closed\"}");
  CHECK(on.node.log_lines().empty());
}

} // namespace

TEST_CASE("the peer closes with a code that may be sent: echoed [10]",
          "[rclose-1000][rclose-1001][rclose-1002][rclose-1003][rclose-1007][rclose-1011]"
          "[rclose-1012][rclose-3000]") {
  const auto sent =
      GENERATE(as<unsigned>(), 1000, 1001, 1002, 1003, 1007, 1011, 1012, 3000);
  CAPTURE(sent);
  check_close(code(sent), std::to_string(sent), std::to_string(sent));
}

TEST_CASE("the peer closes with a code that may not be sent: 1002 [10]",
          "[rclose-0][rclose-1004][rclose-1006][rclose-1015][rclose-2000]"
          "[rclose-65535][rclose-999]") {
  const auto sent = GENERATE(as<unsigned>(), 0, 1004, 1006, 1015, 2000, 65535, 999);
  CAPTURE(sent);
  check_close(code(sent), std::to_string(sent), "1002");
}

TEST_CASE("the peer closes without a code: 1000 [10]", "[rclose-nocode]") {
  check_close("", "1005", "1000");
}

TEST_CASE("the body of the peer's close frame is told to terminate, and not sent back "
          "[10]",
          "[rclose-reason]") {
  struct listener final : websock::handler {
    explicit listener(websock::close_reason& told) : told_(told) {}
    websock::handle_result handle_in(websock::message_view) override {
      return websock::ok();
    }
    void terminate(const websock::close_reason& why) override { told_ = why; }
    websock::close_reason& told_;
  };
  stage on;
  websock::close_reason told;
  auto peer = websock::testing::connect<listener>(on.node, std::ref(told));
  on.node.run_until_idle();
  const auto end = on.watch(peer.pid());
  peer.close(1000, "goodbye");
  on.node.run_until_idle();
  CHECK(told.what == websock::close_reason::kind::remote);
  CHECK(told.code == 1000);
  CHECK(told.body == "goodbye");
  CHECK(peer.received() == "\x88\x02\x03\xE8");
  CHECK(on.end_of(end) == "{shutdown, \"remote\"}");
}

TEST_CASE("a close frame with one byte breaks the protocol [12]",
          "[rclose-1byte-payload]") {
  check_bad_close(close_frame("\x03"), "RFC 6455 §5.5.1: close frame with half a code");
}

TEST_CASE("a close frame of 126 bytes breaks the protocol [12]", "[rclose-long-reason]") {
  std::string octets("\x88\xFE\0\x7E\0\0\0\0\x03\xE8", 10);
  octets.append(124, 'z');
  check_bad_close(octets, "RFC 6455 §5.5: control frame over 125 octets");
}

TEST_CASE("a message in one read with the close frame is answered before it [2][10]",
          "[rclose-frames-before-close]") {
  stage on;
  script todo;
  todo.handle_in = [](websock::message_view in) { return websock::push(in); };
  observed c(on, todo);
  c.peer.text("before");
  c.peer.close(1000);
  on.node.run_until_idle();
  CHECK(heard(c.peer) == lines{"text before", "close 1000"});
  CHECK(c.callbacks()
        == lines{"init", "in before", "terminate {remote, 1000}", "destroyed"});
  CHECK(c.end() == "{shutdown, \"remote\"}");
}

TEST_CASE("a close frame between the fragments of a message ends it unheard [10]",
          "[rclose-mid-fragment]") {
  stage on;
  observed c(on);
  c.peer.raw(std::string("\x01\x83\0\0\0\0par", 9));
  c.peer.close(1000);
  on.node.run_until_idle();
  CHECK(heard(c.peer) == lines{"close 1000"});
  CHECK(c.callbacks() == lines{"init", "terminate {remote, 1000}", "destroyed"});
  CHECK(c.end() == "{shutdown, \"remote\"}");
}

TEST_CASE("a stream that ends: closed, and nothing is sent [11]", "[rclose-abrupt-fin]") {
  stage on;
  observed c(on);
  c.peer.disconnect();
  check_gone(on, c, {"init"});
  CHECK(c.peer.received().empty());
}

TEST_CASE("a stream that is reset: closed [11]", "[rclose-abrupt-rst]") {
  stage on;
  observed c(on);
  c.peer.reset();
  check_gone(on, c, {"init"});
  CHECK(c.peer.received().empty());
}

TEST_CASE("a reset of a real socket: closed [11]", "[rclose-abrupt-rst]") {
  connection_notes notes;
  tests::running_server subject(noting(notes));
  tests::websocket_client client(subject.port());
  notes.started.take();
  client.stream().reset();
  CHECK(notes.terminated.take() == "{error, error: closed}");
  CHECK(notes.exited.take() == "{shutdown, \"closed\"}");
  CHECK(subject.log.empty());
}

TEST_CASE("the end of the stream takes its place between messages: one that comes later "
          "is dropped [2][11]",
          "[rclose-client-msgs-queue-order]") {
  stage on;
  observed c(on);
  c.hold();
  runtime::send(c.pid(), 1);
  c.peer.disconnect();
  on.me.sleep(50ms);
  runtime::send(c.pid(), 2);
  c.go_on();
  check_gone(on, c, {"init", "info 1"});
}

TEST_CASE("frames that came before the end of the stream are handled [11]",
          "[rclose-fin-with-pending-frames]") {
  stage on;
  script todo;
  todo.handle_in = [](websock::message_view in) { return websock::push(in); };
  observed c(on, todo);
  for (const char* each : {"f1", "f2", "f3"})
    c.peer.text(each);
  c.peer.disconnect();
  check_gone(on, c, {"init", "in f1", "in f2", "in f3"});
  CHECK(heard(c.peer) == lines{"text f1", "text f2", "text f3"}); // it has half-closed
}

TEST_CASE("what is pushed to a peer that is gone is dropped silently [11]") {
  stage on;
  websock::testing::client* peer = nullptr;
  script todo;
  todo.handle_in = [&](websock::message_view in) {
    peer->reset();
    return websock::push(in);
  };
  observed c(on, todo);
  peer = &c.peer;
  peer->text("f1");
  peer->text("f2");
  check_gone(on, c, {"init", "in f1", "in f2"});
  CHECK(peer->received().empty());
}

TEST_CASE("a client that ends its side only sees the end of the stream [11]",
          "[rclose-half-close]") {
  connection_notes notes;
  tests::running_server subject(noting(notes));
  tests::websocket_client client(subject.port());
  client.stream().end_output();
  CHECK(client.stream().take_rest().empty());
  CHECK(notes.terminated.take() == "{error, error: closed}");
  CHECK(notes.exited.take() == "{shutdown, \"closed\"}");
  CHECK(subject.log.empty());
}

TEST_CASE("half a frame and then the end of the stream: closed [11]",
          "[rclose-partial-frame-then-fin]") {
  stage on;
  observed c(on);
  c.peer.raw(std::string("\x81\x8B\0\0\0\0he", 8));
  on.node.run_until_idle();
  CHECK(c.end() == "alive");
  c.peer.disconnect();
  check_gone(on, c, {"init"});
  CHECK(c.peer.received().empty());
}
