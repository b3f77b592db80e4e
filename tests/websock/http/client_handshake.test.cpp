// The client's side of the opening handshake, RFC 6455 §4.1.
#include "websock/http/client_handshake.hpp"

#include "tests/catch.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace websock::http;

namespace {

constexpr auto key = "dGhlIHNhbXBsZSBub25jZQ=="; // of RFC 6455 §1.3, as its answer
constexpr auto accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

using headers = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] headers good() {
  return {{"Upgrade", "websocket"},
          {"Connection", "Upgrade"},
          {"Sec-WebSocket-Accept", accept}};
}

[[nodiscard]] headers with(std::string name, std::string value) {
  auto all = good();
  for (auto& [key_of, value_of] : all)
    if (key_of == name) {
      value_of = std::move(value);
      return all;
    }
  all.emplace_back(std::move(name), std::move(value));
  return all;
}

[[nodiscard]] headers without(const std::string& name) {
  auto all = good();
  std::erase_if(all, [&](const auto& each) { return each.first == name; });
  return all;
}

/// "ok protocol|extension|extension", or why not.
[[nodiscard]] std::string judged(headers answer, client_offer offer = {key, {}, {}, {}}) {
  const response_head head{101, "Switching Protocols", std::move(answer)};
  const auto result = check_switching(head, offer, accept);
  if (const auto* bad = std::get_if<bad_response>(&result))
    return std::string(bad->why);
  const auto& agreed = std::get<switched>(result);
  std::string line = "ok " + std::string(agreed.protocol);
  for (const auto each : agreed.extensions)
    line.append("|").append(each);
  return line;
}

} // namespace

TEST_CASE("the request has all that RFC 6455 asks for, and the user's headers",
          "[rfc6455-4.1]") {
  const auto to = std::get<url>(parse_url("ws://example.org:8080/chat?x=1"));
  const client_offer offer{
      key, {"v2", "v1"}, "permessage-deflate", {{"Authorization", "Bearer t"}}};
  CHECK(opening_request(to, offer)
        == "GET /chat?x=1 HTTP/1.1\r\n"
           "Host: example.org:8080\r\n"
           "Upgrade: websocket\r\n"
           "Connection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Protocol: v2, v1\r\n"
           "Sec-WebSocket-Extensions: permessage-deflate\r\n"
           "Authorization: Bearer t\r\n"
           "\r\n");
}

TEST_CASE("a request with what is not legal in it is not made") {
  const auto to = std::get<url>(parse_url("ws://h/"));
  const auto refuses = [&](const client_offer& offer) {
    CHECK_THROWS_AS(opening_request(to, offer), std::invalid_argument);
  };
  refuses({key, {"a b"}, {}, {}});
  refuses({key, {""}, {}, {}});
  refuses({key, {"a", "b", "a"}, {}, {}}); // RFC 6455 §4.1(10): all different
  refuses({key, {}, {}, {{"X", "a\r\nY: b"}}});
  refuses({key, {}, {}, {{"X Y", "a"}}});
  refuses({key, {}, {}, {{"sec-websocket-key", key}}});
  refuses({key, {}, {}, {{"host", "elsewhere"}}});
  refuses({key, {}, {}, {{"Transfer-Encoding", "chunked"}}});
}

TEST_CASE("an answer that fits is taken, whatever the case of its words",
          "[rfc6455-4.1]") {
  CHECK(judged(good()) == "ok ");
  CHECK(judged(with("Upgrade", "WebSocket")) == "ok ");
  CHECK(judged(with("Connection", "keep-alive, upgrade")) == "ok ");
  CHECK(judged(with("X-Other", "value")) == "ok ");
}

TEST_CASE("an answer that does not fit fails, header by header", "[rfc6455-4.1]") {
  CHECK(judged(without("Upgrade")) == "RFC 6455 §4.1: Upgrade is not \"websocket\"");
  CHECK(judged(with("Upgrade", "h2c")) == "RFC 6455 §4.1: Upgrade is not \"websocket\"");
  CHECK(judged(without("Connection")) == "RFC 6455 §4.1: Connection is not \"Upgrade\"");
  CHECK(judged(with("Connection", "close"))
        == "RFC 6455 §4.1: Connection is not \"Upgrade\"");
  const std::string misfit = "RFC 6455 §4.1: Sec-WebSocket-Accept does not fit the key";
  CHECK(judged(without("Sec-WebSocket-Accept")) == misfit);
  CHECK(judged(with("Sec-WebSocket-Accept", "")) == misfit);
  CHECK(judged(with("Sec-WebSocket-Accept", "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) == misfit);
  auto twice = good();
  twice.emplace_back("Sec-WebSocket-Accept", accept);
  CHECK(judged(twice) == misfit);
}

TEST_CASE("the subprotocol is one of those offered, or none", "[rfc6455-4.1]") {
  const client_offer offer{key, {"v2", "v1"}, {}, {}};
  CHECK(judged(good(), offer) == "ok ");
  CHECK(judged(with("Sec-WebSocket-Protocol", "v1"), offer) == "ok v1");
  const std::string misfit = "RFC 6455 §4.1: a subprotocol that was not offered";
  CHECK(judged(with("Sec-WebSocket-Protocol", "V1"), offer) == misfit);
  CHECK(judged(with("Sec-WebSocket-Protocol", "v1, v2"), offer) == misfit);
  CHECK(judged(with("Sec-WebSocket-Protocol", ""), offer) == misfit);
  CHECK(judged(with("Sec-WebSocket-Protocol", "v1")) == misfit);
  auto twice = with("Sec-WebSocket-Protocol", "v1");
  twice.emplace_back("Sec-WebSocket-Protocol", "v1");
  CHECK(judged(twice, offer) == misfit);
}

TEST_CASE("extensions are among those offered", "[rfc6455-4.1]") {
  const client_offer offer{key, {}, "permessage-deflate; client_max_window_bits", {}};
  CHECK(judged(with("Sec-WebSocket-Extensions", "permessage-deflate"), offer)
        == "ok |permessage-deflate");
  CHECK(judged(with("Sec-WebSocket-Extensions", "Permessage-DEFLATE"), offer)
        == "ok |Permessage-DEFLATE");
  CHECK(judged(with("Sec-WebSocket-Extensions", "permessage-deflate; a=\"b,c\""), offer)
        == "ok |permessage-deflate; a=\"b,c\"");
  const std::string misfit = "RFC 6455 §4.1: an extension that was not offered";
  CHECK(judged(with("Sec-WebSocket-Extensions", "x-webkit-deflate"), offer) == misfit);
  CHECK(judged(with("Sec-WebSocket-Extensions", "permessage-deflate, x"), offer)
        == misfit);
  CHECK(judged(with("Sec-WebSocket-Extensions", "permessage-deflate")) == misfit);
}
