// The opening handshake, RFC 6455 §4.2.1, with the example of §1.3.

#include "websock/http/upgrade.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <stdexcept>
#include <string>

using namespace websock::http;
using websock::testing::request_of;

namespace {

using views = std::vector<std::string_view>;

const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const std::string version = "Sec-WebSocket-Version: 13\r\n";

request head(const std::string& headers, const std::string& line = "GET /chat HTTP/1.1") {
  return request_of(line + "\r\nHost: server.example.com\r\n" + headers + "\r\n");
}

// 101 or the status that refuses it.
int status_of(const request& request) {
  const auto result = check_upgrade(request);
  const auto* refused = std::get_if<response>(&result);
  return refused == nullptr ? 101 : refused->status;
}

int status_of(const std::string& headers) {
  return status_of(head(headers));
}

int status_with_key(const std::string& value) {
  return status_of(upgrade + version + "Sec-WebSocket-Key: " + value + "\r\n");
}

bool has_header(const request& request, const std::string& name,
                const std::string& value) {
  const auto result = check_upgrade(request);
  for (const auto& header : std::get<response>(result).headers) {
    if (header.first == name && header.second == value)
      return true;
  }
  return false;
}

} // namespace

TEST_CASE("the handshake of RFC 6455 §1.3 is accepted", "[RFC6455 §4.2.1]") {
  const request made = head(upgrade + key + version
                            + "Origin: http://example.com\r\n"
                              "Sec-WebSocket-Protocol: chat, superchat\r\n");
  CHECK(wants_upgrade(made));
  const auto result = check_upgrade(made);
  const auto* offer = std::get_if<upgrade_request>(&result);
  REQUIRE(offer != nullptr);
  CHECK(offer->key == "dGhlIHNhbXBsZSBub25jZQ==");
  CHECK(offer->protocols == views{"chat", "superchat"});
  CHECK(offer->extension_offers.empty());
}

TEST_CASE("offers are gathered from all their headers, in order", "[RFC6455 §4.2.1]") {
  const request made =
      head(upgrade + key + version
           + "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b,c\r\n"
             "Sec-WebSocket-Extensions: x; p=\"1,2\", y\r\n"
             "Sec-WebSocket-Extensions: z\r\n");
  const auto result = check_upgrade(made);
  CHECK(std::get<upgrade_request>(result).protocols == views{"a", "b", "c"});
  CHECK(std::get<upgrade_request>(result).extension_offers
        == views{"x; p=\"1,2\"", "y", "z"});
}

TEST_CASE("tokens are found in any case and among others", "[RFC6455 §4.2.1]") {
  CHECK(status_of("Upgrade: h2c, WebSocket\r\nConnection: keep-alive, UPGRADE\r\n" + key
                  + version)
        == 101);
}

TEST_CASE("a plain request is told to upgrade", "[RFC6455 §4.2.1]") {
  for (const std::string& headers :
       {std::string{}, key + version, std::string{"Upgrade: websocket\r\n"},
        std::string{"Connection: Upgrade\r\n"},
        std::string{"Upgrade: h2c\r\nConnection: Upgrade\r\n"},
        std::string{"Upgrade: websockets\r\nConnection: Upgrade\r\n"}}) {
    CHECK_FALSE(wants_upgrade(head(headers)));
    CHECK(status_of(headers) == 426);
    CHECK(has_header(head(headers), "Upgrade", "websocket"));
  }
}

TEST_CASE("only GET upgrades", "[RFC6455 §4.2.1]") {
  const std::string method = GENERATE("POST", "HEAD", "get");
  const request made = head(upgrade + key + version, method + " /chat HTTP/1.1");
  CHECK(status_of(made) == 405);
  CHECK(has_header(made, "Allow", "GET"));
}

TEST_CASE("without an upgrade, HEAD is answered as GET, and POST is not",
          "[RFC9110 §9.3.2]") {
  CHECK(status_of(head("", "HEAD /chat HTTP/1.1")) == 426);
  CHECK(status_of(head("", "POST /chat HTTP/1.1")) == 405);
}

TEST_CASE("HTTP/1.0 cannot upgrade", "[RFC6455 §4.2.1]") {
  CHECK(status_of(head(upgrade + key + version, "GET /chat HTTP/1.0")) == 400);
}

TEST_CASE("the version must be there, once, and be 13", "[RFC6455 §4.4]") {
  CHECK(status_of(upgrade + key) == 400);
  CHECK(status_of(upgrade + key + version + version) == 400);
  for (const char* other : {"8", "12", "14", "013", "13, 8", "0"}) {
    const request made = head(upgrade + key + "Sec-WebSocket-Version: " + other + "\r\n");
    CHECK(status_of(made) == 426);
    CHECK(has_header(made, "Sec-WebSocket-Version", "13"));
  }
}

TEST_CASE("the key must be there, once, and be 16 octets in canonical base64",
          "[RFC6455 §4.2.1]") {
  CHECK(status_of(upgrade + version) == 400);
  CHECK(status_of(upgrade + version + key + key) == 400);
  CHECK(status_with_key("AAAAAAAAAAAAAAAAAAAAAA==") == 101);
  CHECK(status_with_key("+/+/+/+/+/+/+/+/+/+/+w==") == 101);
  for (const char* bad : {
           "",
           "AAAAAAAAAAAAAAAAAAAAA===", // 21 digits
           "AAAAAAAAAAAAAAAAAAAAAAA=", // 17 octets
           "AAAAAAAAAAAAAAAAAAAAAAAA", // 18 octets
           "AAAAAAAAAAAAAAAAAAAAAB==", // bits beyond the 16th octet
           "AAAAAAAAAAAAAAAAAAAAA/==", //
           "AAAAAAAAAAAAAAAAAAAAAA",   // no padding
           "AAAAAAAAAAA-_AAAAAAAAA==", // the other alphabet
           "AAAAAAAAAA AAAAAAAAAAA==", //
           "AAAAAAAAAAAAAAAAAAAAAAAAAA==",
       })
    CHECK(status_with_key(bad) == 400);
}

TEST_CASE("a handshake has no body", "[RFC6455 §4.2.1]") {
  CHECK(status_of(upgrade + key + version + "Content-Length: 0\r\n") == 101);
  CHECK(status_of(upgrade + key + version + "Content-Length: 1\r\n") == 400);
  CHECK(status_of(upgrade + key + version + "Transfer-Encoding: chunked\r\n") == 400);
}

TEST_CASE("a subprotocol that is not a token is refused", "[RFC6455 §4.2.1]") {
  CHECK(status_of(upgrade + key + version + "Sec-WebSocket-Protocol: a b\r\n") == 400);
  CHECK(status_of(upgrade + key + version + "Sec-WebSocket-Protocol: a/1\r\n") == 400);
}

TEST_CASE("subprotocols are offered once each, and at least one", "[RFC6455 §4.1(10)]") {
  const auto status_with = [](const std::string& headers) {
    return status_of(upgrade + key + version + headers);
  };
  const std::string name = "Sec-WebSocket-Protocol: ";
  CHECK(status_with(name + "a, b, a\r\n") == 400);
  CHECK(status_with(name + "a\r\n" + name + "b,a\r\n") == 400);
  CHECK(status_with(name + "a,A\r\n") == 101); // they differ by case
  CHECK(status_with(name + "\r\n") == 400);
  CHECK(status_with(name + ",,\r\n") == 400);
  CHECK(status_with(name + "a,,b\r\n") == 101); // RFC 9110 §5.6.1.2
  CHECK(status_with(name + "\"a\"\r\n") == 400);
}

TEST_CASE("the most wanted subprotocol that is offered is selected",
          "[RFC6455 §4.2.2(5)]") {
  const std::vector<std::string> spoken{"v3", "v2", "v1"};
  CHECK(select_subprotocol(spoken, views{"v1", "v2"}) == "v2");
  CHECK(select_subprotocol(spoken, views{"v2", "v3", "x"}) == "v3");
  CHECK(select_subprotocol(spoken, views{"V1", "x"}) == std::nullopt);
  CHECK(select_subprotocol(spoken, views{}) == std::nullopt);
  CHECK(select_subprotocol({}, views{"v1"}) == std::nullopt);
  CHECK(select_subprotocol(spoken, views{"v1"})->data() == spoken[2].data());
}

TEST_CASE("426 says what to upgrade to, 405 says GET", "[RFC6455 §4.4]") {
  const request plain = head("");
  CHECK(has_header(plain, "Upgrade", "websocket")); // RFC 9110 §15.5.22
  CHECK(has_header(plain, "Connection", "Upgrade"));
  CHECK(has_header(plain, "Sec-WebSocket-Version", "13"));
  const request posted = head(upgrade + key + version, "POST /chat HTTP/1.1");
  CHECK(has_header(posted, "Allow", "GET")); // RFC 9110 §15.5.6
}

TEST_CASE("the 101 response of RFC 6455 §1.3 is written", "[RFC6455 §4.2.2]") {
  CHECK(switching_protocols("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "chat")
        == "HTTP/1.1 101 Switching Protocols\r\n"
           "Upgrade: websocket\r\n"
           "Connection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
           "Sec-WebSocket-Protocol: chat\r\n"
           "\r\n");
}

TEST_CASE("more headers go into the 101 response, but nothing illegal",
          "[RFC6455 §4.2.2]") {
  using headers = std::vector<std::pair<std::string, std::string>>;
  CHECK(switching_protocols("x", {}, headers{{"Set-Cookie", "a=b"}})
            .ends_with("\r\nSec-WebSocket-Accept: x\r\nSet-Cookie: a=b\r\n\r\n"));
  CHECK_THROWS_AS(switching_protocols("x\r\n"), std::invalid_argument);
  CHECK_THROWS_AS(switching_protocols("x", "a\r\nb"), std::invalid_argument);
  CHECK_THROWS_AS(switching_protocols("x", {}, headers{{"a\n", "b"}}),
                  std::invalid_argument);
}
