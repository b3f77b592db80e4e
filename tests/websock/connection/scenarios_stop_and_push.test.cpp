// Recorded scenarios: malformed close details and messages, and what follows a stop.
#include "websock/connection/connection.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

const std::string bad_close =
    "error: stop: a close code must be 1000-1003, 1007-1014 or 3000-4999, its body at "
    "most 123 bytes of UTF-8";

void check_bad_code(std::uint16_t code) {
  check_crashes(
      callback::handle_in, [=] { return websock::stop(runtime::reason::normal, {code}); },
      {}, bad_close);
}

void check_bad_push(const websock::message& bad, const std::string& why) {
  check_crashes(
      callback::handle_in, [=] { return websock::push(bad); }, {}, "error: " + why);
}

} // namespace

TEST_CASE("the close code -1, as far as it is one, is a bug of the handler [7]",
          "[code-stop-normal--1]") {
  check_bad_code(static_cast<std::uint16_t>(-1));
}
TEST_CASE("the close code 0 is a bug of the handler [7]", "[code-stop-normal-0]") {
  check_bad_code(0);
}
TEST_CASE("the close code 1004 is a bug of the handler [7]", "[code-stop-normal-1004]") {
  check_bad_code(1004);
}
TEST_CASE("the close code 1005 is a bug of the handler [7]", "[code-stop-normal-1005]") {
  check_bad_code(1005);
}
TEST_CASE("the close code 1006 is a bug of the handler [7]", "[code-stop-normal-1006]") {
  check_bad_code(1006);
}
TEST_CASE("the close code 1015 is a bug of the handler [7]", "[code-stop-normal-1015]") {
  check_bad_code(1015);
}
TEST_CASE("the close code 2999 is a bug of the handler [7]", "[code-stop-normal-2999]") {
  check_bad_code(2999);
}
TEST_CASE("the close code 65535 is a bug of the handler [7]",
          "[code-stop-normal-65535]") {
  check_bad_code(65535);
}

TEST_CASE("the close codes at the edges of what may be sent [7]") {
  for (const auto code : std::vector<std::uint16_t>{1000, 1003, 1007, 1014, 3000, 4999})
    check_stops(
        callback::handle_in,
        [=] { return websock::stop(runtime::reason::normal, {code}); },
        {"close " + std::to_string(code)}, code, "normal", "normal");
  for (const auto code : std::vector<std::uint16_t>{999, 1016, 5000})
    check_bad_code(code);
}

TEST_CASE("a close body that was put together is sent as one [8]", "[code-body-iodata]") {
  check_stops(
      callback::handle_in,
      [] {
        return websock::stop(runtime::reason::normal, {4000, std::string("a") + "b"});
      },
      {"close 4000 ab"}, 4000, "normal", "normal");
}

TEST_CASE("a close body of 200 bytes is a bug of the handler, one of 123 is none [7]",
          "[code-body-too-long]") {
  const auto with_body = [](std::size_t size) {
    return [=] {
      return websock::stop(runtime::reason::normal, {4000, std::string(size, 'z')});
    };
  };
  check_crashes(callback::handle_in, with_body(200), {}, bad_close);
  check_crashes(callback::handle_in, with_body(124), {}, bad_close);
  check_stops(callback::handle_in, with_body(123),
              {"close 4000 " + std::string(123, 'z')}, 4000, "normal", "normal");
}

TEST_CASE("a message of no known kind is a bug of the handler [7]", "[push-bad-opcode]") {
  for (const unsigned code : {0U, 3U, 7U, 11U, 15U})
    check_bad_push({static_cast<websock::protocol::opcode>(code), "x"},
                   "push: a message is text, binary, ping or pong");
}

TEST_CASE("a close frame is no message: stop sends it [7]", "[push-close-tuple]") {
  check_bad_push({websock::protocol::opcode::close, "\x03\xE8x"},
                 "push: a message is text, binary, ping or pong");
}

TEST_CASE("a ping of 130 bytes is a bug of the handler, one of 125 is none [7]",
          "[push-big-ping]") {
  const std::string why = "RFC 6455 §5.5: control frame over 125 octets";
  check_bad_push(websock::ping(std::string(130, 'z')), why);
  check_bad_push(websock::pong(std::string(126, 'z')), why);
  tests::check_goes_on(callback::handle_in,
                       [] { return websock::push(websock::ping(std::string(125, 'z'))); },
                       {"ping " + std::string(125, 'z')});
}

TEST_CASE("text that is not UTF-8 is a bug of the handler [7]",
          "[push-invalid-utf8-text]") {
  check_bad_push(websock::text("\xFF\xFE"), "push: a text message must be UTF-8");
  check_crashes( // what came before it in the same answer is sent
      callback::handle_info,
      [] {
        return websock::push({websock::text("a"), websock::text("\xED\xA0\x80")});
      },
      {"text a"}, "error: push: a text message must be UTF-8");
}

namespace {

/// Stops for "stop" and says what else it hears.
[[nodiscard]] script stopping() {
  script todo;
  todo.handle_in = [](websock::message_view in) {
    return in.text() == "stop" ? websock::stop(runtime::reason::normal)
                               : websock::push(websock::text("in"));
  };
  todo.handle_info = [](runtime::term info) {
    return info.get<std::string>() == "stop" ? websock::stop(runtime::reason::normal)
                                             : websock::push(websock::text("info"));
  };
  return todo;
}

} // namespace

TEST_CASE("after a stop the process waits for the peer, and drops what else comes [4][5]",
          "[life-frame-after-stop-normal]") {
  stage on;
  observed c(on, stopping());
  c.peer.text("stop");
  on.me.sleep(200ms);
  CHECK(c.end() == "alive");
  c.peer.text("late");
  runtime::send(c.pid(), std::string("late_msg"));
  on.me.sleep(80ms);
  CHECK(c.end() == "alive");
  CHECK(heard(c.peer) == lines{"close 1000"});
  c.peer.close(1000);
  on.node.run_until_idle();
  CHECK(heard(c.peer) == lines{"close 1000"});
  CHECK(c.peer.is_ended());
  CHECK(c.callbacks() == lines{"init", "in stop", "terminate normal", "destroyed"});
  CHECK(c.end() == "normal");
}

TEST_CASE("messages behind the one that stopped are dropped [4]",
          "[life-msg-after-stop-normal-from-info]") {
  stage on;
  observed c(on, stopping());
  c.hold();
  for (const char* each : {"stop", "m1", "m2"})
    runtime::send(c.pid(), std::string(each));
  c.go_on();
  CHECK(c.callbacks() == lines{"init", "info \"stop\"", "terminate normal"});
  CHECK(heard(c.peer) == lines{"close 1000"});
  c.peer.close(1000);
  on.node.run_until_idle();
  CHECK(c.end() == "normal");
  CHECK(c.callbacks().back() == "destroyed");
}

TEST_CASE("the second frame of a read whose first stopped is dropped [4]",
          "[life-two-frames-one-packet-first-stops-normal]") {
  stage on;
  observed c(on, stopping());
  c.peer.text("stop");
  c.peer.text("second");
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "in stop", "terminate normal"});
  CHECK(heard(c.peer) == lines{"close 1000"});
  c.peer.close(1000);
  on.node.run_until_idle();
  CHECK(c.end() == "normal");
}

TEST_CASE("a peer that never answers the close frame is given up after close_timeout, "
          "with the reason of the stop [5]",
          "[life-no-close-reply-from-client-normal]") {
  stage on;
  observed c(on, stopping(), {.timeout = 300ms, .close_timeout = 400ms});
  c.peer.text("stop");
  on.me.sleep(399ms);
  CHECK(c.end() == "alive");
  CHECK_FALSE(c.peer.is_ended());
  on.me.sleep(1ms);
  CHECK(c.end() == "normal");
  CHECK(c.callbacks() == lines{"init", "in stop", "terminate normal", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1000"});
  CHECK(c.peer.is_ended());
}

TEST_CASE("the close frame goes out when terminate has returned [4]",
          "[life-push-in-terminate-order]") {
  stage on;
  std::string before = "not called";
  observed* connection = nullptr;
  const bool is_killed = GENERATE(false, true);
  auto todo = stopping();
  todo.terminate = [&] {
    on.node.pass(150ms);
    before = connection->peer.received();
    if (is_killed) // whose close frame is 1011, and shows that there was no other
      connection->process().exit(connection->pid(), runtime::reason::kill);
  };
  observed c(on, todo);
  connection = &c;
  c.peer.text("x");
  on.node.run_until_idle();
  c.peer.text("stop");
  on.node.run_until_idle();
  CHECK(before == "\x81\x02in");
  CHECK(heard(c.peer) == lines{"text in", is_killed ? "close 1011" : "close 1000"});
}

TEST_CASE(
    "a close frame that nobody takes: the process ends after send_timeout, with the "
    "reason of the stop [5][15]") {
  stage on;
  observed c(on, stopping(), {.close_timeout = 60s, .send_timeout = 5s});
  c.peer.take_only(1);
  c.peer.text("stop");
  on.me.sleep(4999ms);
  CHECK(c.end() == "alive");
  on.me.sleep(1ms);
  CHECK(c.callbacks() == lines{"init", "in stop", "terminate normal", "destroyed"});
  CHECK(c.end() == "normal");
  CHECK(c.peer.received() == "\x88");
}

namespace {

class greeter final : public websock::handler {
  websock::handle_result init() override {
    return websock::push({websock::text("i1"), websock::text("i2")});
  }
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(websock::text("echo " + std::string(in.text())));
  }
};

} // namespace

TEST_CASE("a frame in one segment with the handshake is handled after init [1]",
          "[life-push-order-init-before-echo]") {
  tests::running_server subject(
      [](websock::server& server) { server.websocket<greeter>("/"); });
  tests::tcp_client client(subject.port());
  client.send(tests::upgrade_request("/") + tests::text_frame("early"));
  CHECK(tests::take_answer(client).status == 101);
  CHECK(client.take(8) == "\x81\x02i1\x81\x02i2");
  CHECK(client.take(12)
        == "\x81\x0A"
           "echo early");
  client.send(tests::text_frame("later"));
  CHECK(client.take(12)
        == "\x81\x0A"
           "echo later");
}

TEST_CASE("the 101 has what RFC 6455 asks for, and no subprotocol that nobody chose [1]",
          "[life-upgrade-headers]") {
  tests::connection_notes notes;
  tests::running_server subject(noting(notes));
  tests::tcp_client client(subject.port());
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
              "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
  const auto answer = tests::take_answer(client);
  CHECK(answer.status == 101);
  CHECK(answer.header("Connection") == "Upgrade");
  CHECK(answer.header("Upgrade") == "websocket");
  CHECK(answer.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK_FALSE(answer.header("Sec-WebSocket-Protocol").has_value());
  CHECK_FALSE(answer.header("Sec-WebSocket-Extensions").has_value());
  client.send(tests::close_frame(1000));
  CHECK(client.take_rest() == "\x88\x02\x03\xE8");
  CHECK(notes.terminated.take() == "{remote, 1000}");
  CHECK(notes.exited.take() == "{shutdown, \"remote\"}");
}
