// The headers of an opening handshake, RFC 6455 §4.
#include "websock/http/handshake_header.hpp"

#include "tests/catch.hpp"

#include <stdexcept>
#include <string>

using namespace websock::http;

TEST_CASE("headers of the handshake and of the hop are known in any case",
          "[RFC6455 §4.2.2]") {
  for (const auto* name :
       {"upgrade", "CONNECTION", "Sec-WebSocket-Accept", "sec-websocket-protocol",
        "Sec-WebSocket-Extensions", "Transfer-Encoding", "content-length", "Keep-Alive"})
    CHECK(is_handshake_header(name));
  for (const auto* name : {"Set-Cookie", "Sec-WebSocke", "X-Upgrade", ""})
    CHECK_FALSE(is_handshake_header(name));
}

TEST_CASE("a header is one line, or none", "[RFC9110 §5.1]") {
  std::string out = "A: b\r\n";
  append_header(out, "Host", "example.org");
  CHECK(out == "A: b\r\nHost: example.org\r\n");
  CHECK_THROWS_AS(append_header(out, "no name", "x"), std::invalid_argument);
  CHECK_THROWS_AS(append_header(out, "", "x"), std::invalid_argument);
  CHECK_THROWS_AS(append_header(out, "X", "a\r\nY: b"), std::invalid_argument);
  CHECK(out == "A: b\r\nHost: example.org\r\n");
}
