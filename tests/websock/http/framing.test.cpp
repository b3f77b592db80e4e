// Host and body framing, RFC 9112 §3.2 and §6.

#include "websock/http/framing.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <string>

using namespace websock::http;
using namespace websock::testing;

namespace {

// 200 or the status that refuses such a head.
int status_of(const std::string& version, const std::string& headers) {
  const std::string head = "POST / " + version + "\r\n" + headers + "\r\n";
  std::string_view in = head;
  head_parser parser;
  const auto result = parser.feed(in);
  const auto* refused = std::get_if<response>(&result);
  return refused == nullptr ? 200 : refused->status;
}

int status_of(const std::string& headers) {
  return status_of("HTTP/1.1", "Host: h\r\n" + headers);
}

} // namespace

TEST_CASE("HTTP/1.1 needs exactly one Host, HTTP/1.0 at most one", "[RFC9112 §3.2]") {
  CHECK(status_of("HTTP/1.1", "") == 400);
  CHECK(status_of("HTTP/1.1", "Host: h\r\n") == 200);
  CHECK(status_of("HTTP/1.1", "Host: h\r\nHOST: h\r\n") == 400);
  CHECK(status_of("HTTP/1.0", "") == 200);
  CHECK(status_of("HTTP/1.0", "Host: h\r\nHost: i\r\n") == 400);
}

TEST_CASE("a Host has the characters of a host and a port", "[RFC9112 §3.2]") {
  for (const char* good :
       {"", "example.com", "localhost:8080", "[::1]:80", "a_b-c.d", "%C3%A9"})
    CHECK(status_of("HTTP/1.1", std::string{"Host: "} + good + "\r\n") == 200);
  for (const char* bad : {"a b", "a/b", "user@h", "a\"b", "h?x", "<h>", "\xC3\xA9"})
    CHECK(status_of("HTTP/1.1", std::string{"Host: "} + bad + "\r\n") == 400);
}

TEST_CASE("Content-Length is one decimal number that fits", "[RFC9112 §6.3]") {
  CHECK(status_of("Content-Length: 0\r\n") == 200);
  CHECK(status_of("Content-Length: 18446744073709551615\r\n") == 200);
  for (const char* bad :
       {"", "+1", "-1", "1a", "0x10", "1 2", "5, 5", "18446744073709551616"})
    CHECK(status_of(std::string{"Content-Length: "} + bad + "\r\n") == 400);
  CHECK(status_of("Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
}

TEST_CASE("Transfer-Encoding is chunked, once, and without Content-Length",
          "[RFC9112 §6.1]") {
  CHECK(status_of("Transfer-Encoding: chunked\r\n") == 200);
  CHECK(status_of("Transfer-Encoding: CHUNKED\r\n") == 200);
  CHECK(status_of("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") == 400);
  CHECK(status_of("Transfer-Encoding: chunked, chunked\r\n") == 400);
  CHECK(status_of("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(status_of("Transfer-Encoding: \r\n") == 400);
  CHECK(status_of("HTTP/1.0", "Transfer-Encoding: chunked\r\n") == 400);
}

TEST_CASE("a transfer coding that is not chunked is not implemented", "[RFC9112 §6.1]") {
  CHECK(status_of("Transfer-Encoding: gzip\r\n") == 501);
  CHECK(status_of("Transfer-Encoding: gzip, chunked\r\n") == 501);
  CHECK(status_of("Transfer-Encoding: identity\r\n") == 501);
  CHECK(status_of("Transfer-Encoding: \"chunked\"\r\n") == 501);
}
