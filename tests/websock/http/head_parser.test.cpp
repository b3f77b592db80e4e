// The head parser on literal octets, split at every position. RFC 9112.

#include "websock/http/head_parser.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <string>

using namespace websock::http;
using namespace websock::testing;

namespace {

// What the parser makes of the chunks, and what it leaves of the last one it looked at.
std::string parsed(head_parser& parser, const chunks& input) {
  std::string line = "need_more";
  for (const std::string& chunk : input) {
    std::string_view in = chunk;
    while (!in.empty() && line == "need_more")
      line = line_of(parser.feed(in));
  }
  return line;
}

void check_reads(const std::string& input, const std::string& expected,
                 head_limits limits = {}) {
  for (const chunks& cut : chunkings(input)) {
    head_parser parser{limits};
    REQUIRE(parsed(parser, cut) == expected);
  }
}

// Refused with this status in every chunking, with one and the same reason.
void check_refused(const std::string& input, int status, head_limits limits = {}) {
  head_parser parser{limits};
  const std::string expected = parsed(parser, {input});
  CHECK(expected.substr(0, 4) == std::to_string(status) + ' ');
  check_reads(input, expected, limits);
}

std::string with(const std::string& header) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + header + "\r\n\r\n";
}

} // namespace

TEST_CASE("a head is read up to its blank line", "[RFC9112 §2.2]") {
  check_reads("GET /chat?x=1 HTTP/1.1\r\nHost: example.com:8080\r\nX-Empty:\r\nX: \t a b "
              "\t\r\n\r\n",
              "GET /chat?x=1 [Host: example.com:8080] [X-Empty: ] [X: a b]");
  check_reads("GET / HTTP/1.0\r\n\r\n", "GET /");
  check_reads("GET / HTTP/1.1\r\nHost: h\r\n\r", "need_more");
  check_reads(with("X: caf\xC3\xA9"), "GET / [Host: h] [X: caf\xC3\xA9]");
}

TEST_CASE("what follows the head is left in the input", "[RFC9112 §2.2]") {
  const std::string input = with("X: y") + "\x81\x80 frames";
  std::string_view in = input;
  head_parser parser;
  CHECK(std::holds_alternative<request>(parser.feed(in)));
  CHECK(in == "\x81\x80 frames");
  CHECK_FALSE(parser.is_mid_head());
}

TEST_CASE("after a request the parser reads the next one", "[RFC9112 §2.2]") {
  const std::string input = with("X: 1") + with("X: 2");
  std::string_view in = input;
  head_parser parser;
  CHECK(line_of(parser.feed(in)) == "GET / [Host: h] [X: 1]");
  CHECK(line_of(parser.feed(in)) == "GET / [Host: h] [X: 2]");
  CHECK(line_of(parser.feed(in)) == "need_more");
}

TEST_CASE("a head is under way from its first octet to its last", "[RFC9112 §2.2]") {
  head_parser parser;
  CHECK_FALSE(parser.is_mid_head());
  std::string_view in = "G";
  CHECK(line_of(parser.feed(in)) == "need_more");
  CHECK(parser.is_mid_head());
}

TEST_CASE("one empty line before the request line is ignored, two are not",
          "[RFC9112 §2.2]") {
  check_reads("\r\nGET / HTTP/1.0\r\n\r\n", "GET /");
  check_refused("\r\n\r\nGET / HTTP/1.0\r\n\r\n", 400);
}

TEST_CASE("a malformed request line is refused", "[RFC9112 §3]") {
  const std::string line = GENERATE(
      "GET /", "GET", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
      "G(T / HTTP/1.1", "GET / /a HTTP/1.1", "GET /\t HTTP/1.1", "GET / http/1.1",
      "GET / HTTP/1.", "GET / HTTP/1.10", "GET / HTTP/x.1", "GET * HTTP/1.1",
      "GET h:80 HTTP/1.1", "GET chat HTTP/1.1", "GET /%zz HTTP/1.1", "GET /a#b HTTP/1.1",
      "GET /\r HTTP/1.1", "GET /\xC3\xA9 HTTP/1.1", "/ HTTP/1.1", "GET\t/\tHTTP/1.1");
  check_refused(line + "\r\nHost: h\r\n\r\n", 400);
}

TEST_CASE("only HTTP/1 is spoken", "[RFC9112 §2.3]") {
  check_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
  check_refused("GET / HTTP/0.9\r\n\r\n", 505);
  check_reads("GET / HTTP/1.7\r\nHost: h\r\n\r\n", "GET / [Host: h]");
}

TEST_CASE("a line that ends with a bare LF is refused", "[RFC9112 §2.2]") {
  check_refused("GET / HTTP/1.1\nHost: h\r\n\r\n", 400);
  check_refused("GET / HTTP/1.1\r\nHost: h\n\r\n", 400);
  check_refused("GET / HTTP/1.1\r\nHost: h\r\n\n", 400);
  check_refused("\n", 400);
}

TEST_CASE("a malformed header is refused", "[RFC9112 §5]") {
  const std::string header = GENERATE("X : y", "X\t: y", ": y", "X", "X y", " X: y",
                                      "X: y\r\n folded", "X: y\r\n\tfolded", "X(: y",
                                      "X: a\rb", "X: \x01", "X: \x7F", "\xC3\xA9: y");
  check_refused(with(header), 400);
}

TEST_CASE("a folded header is refused for what it is", "[RFC9112 §5]") {
  check_reads(with("X: y\r\n z"), "400 RFC 9112 §5.2: folded header field");
}

TEST_CASE("a NUL is refused wherever it is", "[RFC9110 §5.5]") {
  check_refused(with(std::string{"X: a\0b", 6}), 400);
  check_refused(with(std::string{"X\0: b", 5}), 400);
  check_refused(std::string{"GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 29}, 400);
}

TEST_CASE("a space before the first header is refused", "[RFC9112 §5]") {
  check_refused("GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400);
}

TEST_CASE("a head that breaks the rules on framing is refused", "[RFC9112 §6]") {
  check_refused("GET / HTTP/1.1\r\n\r\n", 400);
  check_refused(with("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400);
  check_refused(with("Transfer-Encoding: gzip, chunked"), 501);
}

TEST_CASE("a request line may be as long as its limit and no longer",
          "[RFC9110 §15.5.15]") {
  const head_limits limits{.max_request_line = 20};
  check_reads("GET /2345 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /2345 [Host: h]", limits);
  check_reads("GET /234567 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /234567 [Host: h]", limits);
  check_refused("GET /2345678 HTTP/1.1\r\nHost: h\r\n\r\n", 414, limits);
  check_refused("GET /2345678 HTTP/1.1\nHost: h\r\n\r\n", 414, limits);
}

TEST_CASE("a request line over its limit is refused before it ends",
          "[RFC9110 §15.5.15]") {
  check_refused(std::string(20, 'G') + 'G', 414, {.max_request_line = 20});
  check_refused(std::string(10'001, 'G'), 414);
  check_reads(std::string(10'000, 'G'), "need_more");
}

TEST_CASE("a header may be as long as its limit and no longer", "[RFC9110 §15.5.15]") {
  const head_limits limits{.max_header_line = 10};
  check_reads(with("X: 4567890"), "GET / [Host: h] [X: 4567890]", limits);
  check_refused(with("X: 45678901"), 431, limits);
  check_refused("GET / HTTP/1.1\r\nX: 45678901", 431, limits);
}

TEST_CASE("there may be as many headers as the limit says and no more", "[RFC6585 §5]") {
  const head_limits limits{.max_headers = 2};
  check_reads(with("X: y"), "GET / [Host: h] [X: y]", limits);
  check_refused(with("X: y\r\nZ: z"), 431, limits);
  check_refused("GET / HTTP/1.1\r\nHost: h\r\nX: y\r\nZ", 431, limits);
}

TEST_CASE("after an error every call gives the same error", "[RFC9112 §2.2]") {
  head_parser parser;
  std::string_view bad = "GET /\r\n";
  const std::string first = line_of(parser.feed(bad));
  std::string_view good = "GET / HTTP/1.0\r\n\r\n";
  CHECK(line_of(parser.feed(good)) == first);
  CHECK(good.size() == 18);
}

TEST_CASE("reasons of refusal never carry what the peer sent", "[RFC9112 §2.2]") {
  head_parser parser;
  std::string_view in = "GET / HTTP/1.1\r\n<script>: x\r\n\r\n";
  CHECK(line_of(parser.feed(in)) == "400 RFC 9112 §5.1: invalid header field name");
}
