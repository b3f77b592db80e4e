// The body parser on literal octets, split at every position. RFC 9112 §6, §7.
#include "websock/http/body_parser.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <string>
#include <string_view>
#include <variant>

using namespace websock::http;
using namespace websock::testing;

namespace {

constexpr body_limits small{
    .max_size = 10,
    .trailers = {.max_request_line = 0, .max_header_line = 20, .max_headers = 2}};

body_parser parser_for(std::string_view framing, body_limits limits = small) {
  return {
      request_of("POST / HTTP/1.1\r\nHost: h\r\n" + std::string{framing} + "\r\n\r\n"),
      limits};
}

// "end [body] rest", "400 why" or "need_more [body so far]".
std::string parsed(body_parser parser, const chunks& input) {
  std::string body;
  std::string rest;
  std::string outcome = "need_more";
  for (const std::string& chunk : input) {
    std::string_view in = chunk;
    while (!in.empty() && outcome == "need_more") {
      const auto result = parser.next(in);
      if (const auto* data = std::get_if<body_data>(&result)) {
        REQUIRE_FALSE(data->octets.empty());
        body += data->octets;
        std::string_view nothing;
        if (in.empty() && std::holds_alternative<body_end>(parser.next(nothing)))
          outcome = "end";
      } else if (std::holds_alternative<body_end>(result)) {
        outcome = "end";
      } else if (const auto* refused = std::get_if<response>(&result)) {
        return std::to_string(refused->status) + ' ' + refused->body;
      }
    }
    rest += in;
  }
  return outcome + " [" + body + ']' + (rest.empty() ? "" : ' ' + rest);
}

void check_reads(std::string_view framing, const std::string& input,
                 const std::string& expected, body_limits limits = small) {
  for (const chunks& cut : chunkings(input)) {
    CAPTURE(input);
    REQUIRE(parsed(parser_for(framing, limits), cut) == expected);
  }
}

void check_chunked(const std::string& input, const std::string& expected,
                   body_limits limits = small) {
  check_reads("Transfer-Encoding: chunked", input, expected, limits);
}

// Refused with this status in every chunking, with one and the same reason.
void check_refused(const std::string& input, int status, body_limits limits = small) {
  const std::string expected =
      parsed(parser_for("Transfer-Encoding: chunked", limits), {input});
  CAPTURE(input);
  CHECK(expected.substr(0, 4) == std::to_string(status) + ' ');
  check_chunked(input, expected, limits);
}

} // namespace

TEST_CASE("a body with a length ends after so many octets", "[RFC9112 §6.2]") {
  check_reads("Content-Length: 5", "hello", "end [hello]");
  check_reads("Content-Length: 5", "helloGET", "end [hello] GET");
  check_reads("Content-Length: 5", "hell", "need_more [hell]");
  check_reads("Content-Length: 10", "0123456789", "end [0123456789]");
  check_reads("Content-Length: 2", "\r\n", "end [\r\n]");
}

TEST_CASE("a body over its limit is refused by the length that it announces",
          "[RFC9110 §15.5.14]") {
  for (const auto* length : {"11", "18446744073709551615"}) {
    auto parser = parser_for(std::string("Content-Length: ") + length);
    std::string_view nothing;
    const auto refused = parser.next(nothing);
    REQUIRE(std::holds_alternative<response>(refused));
    CHECK(std::get<response>(refused).status == 413);
  }
}

TEST_CASE("chunks are put together, whatever their sizes are", "[RFC9112 §7.1]") {
  check_chunked("0\r\n\r\n", "end []");
  check_chunked("5\r\nhello\r\n0\r\n\r\n", "end [hello]");
  check_chunked("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nGET", "end [hello] GET");
  check_chunked("a\r\n0123456789\r\n00\r\n\r\n", "end [0123456789]");
  check_chunked("A\r\n0123456789\r\n0\r\n\r\n", "end [0123456789]");
  check_chunked("0000000000000002\r\n\r\n\r\n0\r\n\r\n", "end [\r\n]");
  check_chunked("5\r\nhello\r\n0\r\n", "need_more [hello]");
}

TEST_CASE("chunk extensions are ignored, but must be well formed", "[RFC9112 §7.1.1]") {
  check_chunked("2;a=b;c=\"d; e\"\r\nhi\r\n0 ; x\r\n\r\n", "end [hi]");
  check_refused("2;a=\x01\r\nhi\r\n0\r\n\r\n", 400);
  check_refused("2;a\r b\r\nhi\r\n0\r\n\r\n", 400);
  check_refused("2;" + std::string(1'100, 'x') + "\r\nhi\r\n0\r\n\r\n", 400);
}

TEST_CASE("many chunk extensions are too many, however short each is") {
  std::string many;
  for (int i = 0; i < 6; ++i)
    many += "1;" + std::string(900, 'x') + "\r\na\r\n";
  check_refused(many + "0\r\n\r\n", 400);
}

TEST_CASE("a chunk size that is not one is refused", "[RFC9112 §7.1]") {
  for (const auto* size : {"", " 2", "2 ", "-2", "+2", "0x2", "2,", "g", "2\t", "2 2",
                           "00000000000000002", "2\v", "\xEF\xBC\x92"})
    check_refused(std::string(size) + "\r\nhi\r\n0\r\n\r\n", 400);
}

TEST_CASE("a chunk that does not fit is refused by its size", "[RFC9112 §7.1]") {
  check_refused("b\r\n", 413);
  check_refused("6\r\nworlds\r\n5\r\n", 413);
  check_refused("ffffffffffffffff\r\n", 413);
  check_refused("1\r\na\r\nffffffffffffffff\r\n", 413);
}

TEST_CASE("a chunk that is longer or shorter than its size is refused",
          "[RFC9112 §7.1]") {
  check_refused("2\r\nhix\r\n0\r\n\r\n", 400);
  check_refused("2\r\nh\r\n0\r\n\r\n", 400);
  check_refused("2\r\nhi0\r\n\r\n", 400);
}

TEST_CASE("a line of framing ends in CRLF, and in nothing else", "[RFC9112 §2.2]") {
  check_refused("2\nhi\r\n0\r\n\r\n", 400);
  check_refused("2\r\nhi\n0\r\n\r\n", 400);
  check_refused("2\r\nhi\r0\r\n\r\n", 400);
  check_refused("2\r\nhi\r\n0\n\n", 400);
  check_refused("0\r\n\n", 400);
  check_refused("0\r\nA: b\n\r\n", 400);
}

TEST_CASE("trailer fields are dropped, but must be well formed, and few",
          "[RFC9112 §7.1.2]") {
  check_chunked("1\r\na\r\n0\r\nA: b\r\nC:\r\n\r\nGET", "end [a] GET");
  check_chunked("0\r\nA: 0123456789abcdefg\r\n\r\n", "end []");
  check_refused("0\r\nA: 0123456789abcdefgh\r\n\r\n", 431);
  check_refused("0\r\nA: 0123456789abcdefgh\n", 431); // too long first, however cut
  check_refused("0\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", 431);
  check_refused("0\r\n A: b\r\n\r\n", 400);
  check_refused("0\r\nA : b\r\n\r\n", 400);
  check_refused("0\r\nA: b\r\n folded\r\n\r\n", 400);
  check_refused("0\r\nA: \x01\r\n\r\n", 400);
}
