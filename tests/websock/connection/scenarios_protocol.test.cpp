// Recorded scenarios: the peer breaks the protocol, or comes close to it.
#include "websock/connection/connection.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/running_server.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// A frame of up to 125 bytes with the mask zero; `first` is FIN, RSV and opcode.
[[nodiscard]] std::string frame(unsigned first, std::string_view payload) {
  std::string octets{static_cast<char>(first), static_cast<char>(0x80U | payload.size())};
  return octets.append(4, '\0').append(payload);
}

constexpr unsigned fin = 0x80;
constexpr unsigned text = 1;
constexpr unsigned continuation = 0;

/// The connection ends with `code` at the last of `frames`, after `callbacks`.
void check_error(const lines& frames, unsigned code, const std::string& clause,
                 const lines& callbacks = {"init"}, lines sent = {},
                 const websock::upgrade_options& options = {}) {
  stage on;
  observed c(on, {}, options);
  for (const auto& each : frames) {
    CHECK_FALSE(c.peer.close_frame().has_value());
    c.peer.raw(each);
    on.node.run_until_idle();
  }
  c.peer.text("late");
  on.node.run_until_idle();
  sent.push_back("close " + std::to_string(code));
  CHECK(heard(c.peer) == sent);
  CHECK(
      c.callbacks()
      == tests::operator+(
          callbacks, {"terminate {error, error: RFC 6455 " + clause + "}", "destroyed"}));
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "{shutdown, \"protocol_error\"}");
  CHECK(on.node.log_lines().empty());
}

/// The frames are fine.
void check_fine(const lines& frames, const lines& callbacks, const lines& sent,
                const websock::upgrade_options& options = {}) {
  stage on;
  observed c(on, {}, options);
  for (const auto& each : frames)
    c.peer.raw(each);
  on.node.run_until_idle();
  CHECK(heard(c.peer) == sent);
  check_hang_up(on, c, callbacks);
}

const websock::upgrade_options up_to_100_bytes{
    .limits = {.max_frame_size = 100, .max_message_size = 100}};

} // namespace

TEST_CASE("text that is not UTF-8: 1007 [12]", "[proto-bad-utf8]") {
  check_error({frame(fin | text, "\xFF\xFE")}, 1007, "§8.1: text message is not UTF-8");
}

TEST_CASE("a first fragment that is not UTF-8 is not waited for: 1007 [12]",
          "[proto-bad-utf8-fragmented]") {
  check_error({frame(text, "\xFF")}, 1007, "§8.1: text message is not UTF-8");
}

TEST_CASE("a surrogate in UTF-8 is none: 1007 [12]", "[proto-utf8-surrogate]") {
  check_error({frame(fin | text, "\xED\xA0\x80")}, 1007,
              "§8.1: text message is not UTF-8");
}

TEST_CASE("a character may be split between two fragments",
          "[proto-utf8-split-codepoint]") {
  check_fine({frame(text, "\xC3"), frame(fin | continuation, "\xA9")},
             {"init", "in \xC3\xA9"}, {"text \xC3\xA9"});
}

TEST_CASE("a continuation without a message: 1002 [12]",
          "[proto-continuation-without-start]") {
  check_error({frame(fin | continuation, "x")}, 1002,
              "§5.4: continuation frame without a message");
}

TEST_CASE("a new message inside a fragmented one: 1002 [12]",
          "[proto-text-inside-fragment]") {
  check_error({frame(text, "a"), frame(fin | text, "b")}, 1002,
              "§5.4: new message inside a fragmented one");
}

TEST_CASE("an empty fragment in the middle of a message is fine",
          "[proto-empty-nonfin-continuation]") {
  check_fine({frame(text, "a"), frame(continuation, ""), frame(fin | continuation, "b")},
             {"init", "in ab"}, {"text ab"});
}

TEST_CASE("empty messages are messages", "[proto-empty-text]") {
  check_fine({frame(fin | text, ""), frame(fin | 2U, "")}, {"init", "in ", "in "},
             {"text ", "binary "});
}

TEST_CASE("a ping between fragments is answered, and the message is one",
          "[proto-fragments-ok]") {
  check_fine({frame(text, "he"), frame(fin | 9U, "p"), frame(continuation, "l"),
              frame(fin | continuation, "lo")},
             {"init", "ping p", "in hello"}, {"pong p", "text hello"});
}

TEST_CASE("a frame behind a valid one breaks the protocol: the first is answered [12]",
          "[proto-error-with-valid-frame-before]") {
  check_error({frame(fin | text, "a") + "\x81\x01" + "b"}, 1002,
              "§5.1: unmasked frame from a client", {"init", "in a"}, {"text a"});
}

TEST_CASE("an unmasked frame: 1002 [12]", "[proto-unmasked]") {
  check_error({"\x81\x01x"}, 1002, "§5.1: unmasked frame from a client");
}

TEST_CASE("the first reserved bit without an extension: 1002 [12]", "[proto-rsv1]") {
  check_error({frame(fin | 0x40U | text, "x")}, 1002,
              "§5.2: reserved bit set without an extension");
}
TEST_CASE("the second reserved bit: 1002 [12]", "[proto-rsv2]") {
  check_error({frame(fin | 0x20U | text, "x")}, 1002,
              "§5.2: reserved bit set without an extension");
}
TEST_CASE("the third reserved bit: 1002 [12]", "[proto-rsv3]") {
  check_error({frame(fin | 0x10U | text, "x")}, 1002,
              "§5.2: reserved bit set without an extension");
}

TEST_CASE("a reserved opcode: 1002 [12]", "[proto-unknown-opcode-3]") {
  check_error({frame(fin | 3U, "x")}, 1002, "§5.2: reserved opcode");
}

TEST_CASE("fragments that are too large together: 1009 [12]", "[proto-max-fragmented]") {
  check_error({frame(text, std::string(60, 'a')), frame(fin, std::string(60, 'b'))}, 1009,
              "§10.4: message over the size limit", {"init"}, {}, up_to_100_bytes);
}

TEST_CASE("the limit of a frame is one of its payload: 100 of 100 bytes are fine, 101 "
          "are 1009 [12]",
          "[proto-max-frame-size-boundary-100]") {
  check_fine({frame(fin | text, std::string(100, 'a'))},
             {"init", "in " + std::string(100, 'a')}, {"text " + std::string(100, 'a')},
             up_to_100_bytes);
  check_error({frame(fin | text, std::string(101, 'a'))}, 1009,
              "§10.4: frame over the size limit", {"init"}, {}, up_to_100_bytes);
}

TEST_CASE("the header of a frame does not count: 95 of 100 bytes are fine",
          "[proto-max-frame-size-boundary-95]") {
  check_fine({frame(fin | text, std::string(95, 'a'))},
             {"init", "in " + std::string(95, 'a')}, {"text " + std::string(95, 'a')},
             up_to_100_bytes);
}

TEST_CASE("a frame that is too large is refused by its header: 1009 [12]",
          "[proto-max-frame-size-header-only]") {
  check_error({std::string("\x81\xFF\0\0\0\0\0\x0F\x42\x40\0\0\0\0", 14)}, 1009,
              "§10.4: frame over the size limit", {"init"}, {}, up_to_100_bytes);
}

TEST_CASE("a request that is no handshake gets a status that says so",
          "[proto-non-get-upgrade]") {
  tests::connection_notes notes;
  tests::running_server subject([&](websock::server& server) {
    server.websocket<tests::noted_echo>("/x", std::ref(notes));
  });
  const auto answer = [&](const std::string& headers, const std::string& method = "GET") {
    tests::tcp_client client(subject.port());
    client.send(method + " /x HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    return tests::take_answer(client);
  };
  const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  CHECK(answer(upgrade + "Sec-WebSocket-Version: 13\r\n").status == 400);
  const auto old = answer(upgrade + key + "Sec-WebSocket-Version: 8\r\n");
  CHECK(old.status == 426);
  CHECK(old.header("Sec-WebSocket-Version") == "13");
  CHECK(answer("").status == 426);
  CHECK(answer(upgrade + key + "Sec-WebSocket-Version: 13\r\n", "POST").status == 405);
  CHECK(notes.started.empty());
  CHECK(subject.log.empty());
}
