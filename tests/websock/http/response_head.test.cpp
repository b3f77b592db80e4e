// Response heads, RFC 9112 §4 and §5, from a stream split anywhere.
#include "websock/http/response_head.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <string>
#include <string_view>
#include <variant>

using namespace websock::http;
using websock::testing::chunkings;
using websock::testing::chunks;

namespace {

/// "101 reason [name: value]... then <what is behind it>", or "bad", or "incomplete".
[[nodiscard]] std::string line_of(const chunks& input, std::size_t limit) {
  response_head_parser parser(limit);
  std::string line = "incomplete";
  for (const auto& chunk : input) {
    std::string_view in = chunk;
    if (line != "incomplete") {
      line += in;
      continue;
    }
    const auto result = parser.feed(in);
    if (const auto* bad = std::get_if<bad_response>(&result))
      return "bad: " + std::string(bad->why);
    if (const auto* head = std::get_if<response_head>(&result)) {
      line = std::to_string(head->status) + ' ' + head->reason;
      for (const auto& [name, value] : head->headers)
        line.append(" [").append(name).append(": ").append(value).append("]");
      line.append(" then ").append(in);
    }
  }
  return line;
}

/// The same line for every chunking.
[[nodiscard]] std::string read(std::string_view input, std::size_t limit = 16'384) {
  const auto whole = line_of({std::string(input)}, limit);
  for (const auto& each : chunkings(input))
    REQUIRE(line_of(each, limit) == whole);
  return whole;
}

} // namespace

TEST_CASE("a head is its status, its reason and its headers; what follows is left",
          "[rfc9112-4]") {
  CHECK(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX:  a b \r\n\r\n"
             "\x81\x01x")
        == "101 Switching Protocols [Upgrade: websocket] [X: a b] then \x81\x01x");
  CHECK(read("HTTP/1.1 404 \r\n\r\n") == "404  then ");
  CHECK(read("HTTP/1.1 404\r\n\r\n") == "404  then ");
  CHECK(read("HTTP/1.1 503 Nicht verf\xC3\xBCgbar\r\nEmpty:\r\n\r\n")
        == "503 Nicht verf\xC3\xBCgbar [Empty: ] then ");
  CHECK(read("HTTP/1.1 200 OK\r\nA: b\r\n") == "incomplete");
}

TEST_CASE("a status line that is none is refused", "[rfc9112-4]") {
  for (const auto* line :
       {"", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 1", "HTTP/1.1 10", "HTTP/1.1 1010 X",
        "HTTP/1.1 abc X", "HTTP/1.1  101 X", "HTTP/1.1 099 X", "HTTP/1.1 600 X",
        "HTTP/2 101 X", "HTTP/2.0 101 X", "HTTP/1.x 101 X", "http/1.1 101 X",
        "ICY 200 OK", "HTTP/1.1 101 X\x01", "HTTP/1.1\t101 X", " HTTP/1.1 101 X"}) {
    INFO(line);
    CHECK(read(line + std::string("\r\nA: b\r\n\r\n")).starts_with("bad: RFC 9112 §4"));
  }
  CHECK(read("HTTP/1.0 101 X\r\n\r\n")
        == "bad: RFC 6455 §4.1: the answer is not HTTP/1.1");
}

TEST_CASE("an answer of HTTP/1.0 is one, unless it switches", "[rfc9110-7.8]") {
  CHECK(read("HTTP/1.0 503 Service Unavailable\r\n\r\n")
        == "503 Service Unavailable then ");
}

TEST_CASE("each fold of a header is read as a space", "[rfc9112-5.2]") {
  const auto folded = [](const std::string& lines) {
    return read("HTTP/1.1 101 X\r\n" + lines + "\r\nB: c\r\n\r\n");
  };
  CHECK(folded("A: b\r\n c: d") == "101 X [A: b c: d] [B: c] then ");
  CHECK(folded("A: b \t\r\n\t c \r\n  d ") == "101 X [A: b c d] [B: c] then ");
  CHECK(folded("A:\r\n b") == "101 X [A: b] [B: c] then ");
  CHECK(folded("A: b\r\n ") == "101 X [A: b] [B: c] then ");
  CHECK(folded("A:\r\n \r\n\t") == "101 X [A: ] [B: c] then ");
}

TEST_CASE("an answer is judged at the first octet that makes it certain", "[rfc9112-4]") {
  const auto judged_at = [](std::string_view input) {
    response_head_parser parser(16'384);
    std::size_t octets = 0;
    while (octets < input.size()) {
      std::string_view in = input.substr(octets++, 1);
      if (std::holds_alternative<bad_response>(parser.feed(in)))
        return std::string(input.substr(0, octets));
    }
    return std::string("never");
  };
  CHECK(judged_at("SSH-2.0-OpenSSH") == "S");
  CHECK(judged_at("\x15\x03\x01") == "\x15"); // an alert of TLS
  CHECK(judged_at("HTTP/2 200") == "HTTP/2");
  CHECK(judged_at("HTTP/1.1 600") == "HTTP/1.1 6");
  CHECK(judged_at("HTTP/1.0 101 ") == "HTTP/1.0 101");
  CHECK(judged_at("HTTP/1.1 101\n") == "HTTP/1.1 101\n");
  CHECK(judged_at("HTTP/1.1 101 X\ry") == "HTTP/1.1 101 X\ry");
  CHECK(judged_at("HTTP/1.1 101 X\x01 and more") == "HTTP/1.1 101 X\x01");
  CHECK(judged_at("HTTP/1.1 101 X\r\n A") == "HTTP/1.1 101 X\r\n ");
  CHECK(judged_at("HTTP/1.1 101 X\r\nA b") == "HTTP/1.1 101 X\r\nA ");
  CHECK(judged_at("HTTP/1.1 101 X\r\nA: b\x7F c") == "HTTP/1.1 101 X\r\nA: b\x7F");
  CHECK(judged_at("HTTP/1.1 101 X\r\nA: b\r\n\rB") == "HTTP/1.1 101 X\r\nA: b\r\n\rB");
}

TEST_CASE("a header that is none is refused", "[rfc9112-5]") {
  for (const auto* line :
       {"A", ": b", "A : b", " A: b", "\tA: b", "A b: c", "A: b\x01", "A: b\nB: c",
        "A: b\rB: c", "A: b\r\n\x01", "A: b\r\n : c\nd"}) {
    INFO(line);
    CHECK(
        read("HTTP/1.1 101 X\r\n" + std::string(line) + "\r\n\r\n").starts_with("bad: "));
  }
}

TEST_CASE("a head that is longer than the limit is refused as soon as it is") {
  const std::string head = "HTTP/1.1 101 X\r\nA: " + std::string(200, 'a') + "\r\n\r\n";
  CHECK(read(head, head.size()).starts_with("101 X"));
  CHECK(read(head, head.size() - 1) == "bad: the head of the answer is too long");
  CHECK(read("HTTP/1.1 101 " + std::string(1'000, 'x'), 100)
        == "bad: the head of the answer is too long");
}

TEST_CASE(
    "the limit is for all heads together, so that 1xx answers do not go on for ever") {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\n\r\n";
  response_head_parser parser(3 * hints.size() - 1);
  std::string_view in = hints;
  CHECK(std::holds_alternative<response_head>(parser.feed(in)));
  in = hints;
  CHECK(std::holds_alternative<response_head>(parser.feed(in)));
  in = hints;
  CHECK(std::holds_alternative<bad_response>(parser.feed(in)));
}

TEST_CASE("headers are asked for by name and by token, in any case") {
  response_head_parser parser(1'000);
  std::string_view in =
      "HTTP/1.1 101 X\r\nCONNECTION: a, Upgrade\r\nConnection: b\r\n\r\n";
  const auto result = parser.feed(in);
  const auto& head = std::get<response_head>(result);
  CHECK(head.values("connection").size() == 2);
  CHECK(head.values("x").empty());
  CHECK(head.has_token("Connection", "upgrade"));
  CHECK(head.has_token("Connection", "B"));
  CHECK_FALSE(head.has_token("Connection", "c"));
}
