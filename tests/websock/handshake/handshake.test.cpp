// Policies of the opening handshake, RFC 6455 §4.2.2, and which clients are admitted.
#include "websock/handshake/handshake.hpp"

#include "websock/handshake/admission.hpp"
#include "websock/http/make_request.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>

using namespace std::chrono_literals;
using tests::upgrade_request;
using websock::accepted_upgrade;
using websock::admission;
using websock::upgrade_options;
using websock::http::channel;

namespace {

class silent final : public websock::handler {
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
};

[[nodiscard]] websock::http::request request_with(const std::string& headers) {
  return std::get<websock::http::request>(
      websock::http::make_request(upgrade_request("/", headers)));
}

using outcome = std::variant<accepted_upgrade, websock::http::response>;

[[nodiscard]] outcome decide(admission& by, const std::string& headers,
                             channel through = channel::plain) {
  const auto request = request_with(headers);
  auto wish = websock::upgrade<silent>(request);
  return by.decide(request, std::get<websock::upgrade_plan>(std::move(wish.value())),
                   {through, {}});
}

[[nodiscard]] outcome decide(upgrade_options options, const std::string& headers,
                             channel through = channel::plain) {
  admission by(std::move(options), 0, 1, 5s);
  return decide(by, headers, through);
}

[[nodiscard]] int status_of(const outcome& decided) {
  const auto* refused = std::get_if<websock::http::response>(&decided);
  return refused == nullptr ? 101 : refused->status;
}

/// What is accepted of a request that offers these extensions.
[[nodiscard]] accepted_upgrade offered(const std::string& offers,
                                       const upgrade_options& options) {
  auto decided = decide(options, "Sec-WebSocket-Extensions: " + offers + "\r\n");
  return std::get<accepted_upgrade>(std::move(decided));
}

/// The value of Sec-WebSocket-Extensions in a response, or "none".
[[nodiscard]] std::string extensions_of(const accepted_upgrade& made) {
  const std::string name = "\r\nSec-WebSocket-Extensions: ";
  const auto begin = made.response.find(name);
  if (begin == std::string::npos)
    return "none";
  const auto end = made.response.find("\r\n", begin + name.size());
  return made.response.substr(begin + name.size(), end - begin - name.size());
}

} // namespace

TEST_CASE("the most wanted subprotocol is agreed on and named in the 101",
          "[RFC6455 §4.2.2(5)]") {
  const auto decided =
      decide({.subprotocols = {"v2", "v1"}}, "Sec-WebSocket-Protocol: v0, v1\r\n"
                                             "Sec-WebSocket-Protocol: v2\r\n");
  const auto& accepted = std::get<accepted_upgrade>(decided);
  CHECK(accepted.agreed.subprotocol == "v2");
  CHECK(accepted.agreed.subprotocol.data() == accepted.options->subprotocols[0].data());
  CHECK(accepted.response.find("\r\nSec-WebSocket-Protocol: v2\r\n")
        != std::string::npos);
}

TEST_CASE("without a subprotocol in common the handshake goes on, or is refused",
          "[RFC6455 §4.2.2(5)]") {
  for (const auto* headers : {"Sec-WebSocket-Protocol: v0, V1\r\n", ""}) {
    const auto none = decide({.subprotocols = {"v1"}}, headers);
    CHECK(std::get<accepted_upgrade>(none).agreed.subprotocol.empty());
    CHECK(std::get<accepted_upgrade>(none).response.find("Sec-WebSocket-Protocol")
          == std::string::npos);
    CHECK(
        status_of(decide({.subprotocols = {"v1"}, .require_subprotocol = true}, headers))
        == 400);
  }
  const auto unasked = decide({}, "Sec-WebSocket-Protocol: v1\r\n");
  CHECK(std::get<accepted_upgrade>(unasked).agreed.subprotocol.empty());
}

TEST_CASE("a page of another origin gets 403, unless the policy lets it in",
          "[RFC6455 §4.2.2(4)]") {
  const std::string foreign = "Origin: https://evil.example\r\n";
  const auto refused = decide({}, foreign);
  CHECK(status_of(refused) == 403);
  CHECK(std::get<websock::http::response>(refused).body.find("RFC 6455 §10.2")
        != std::string::npos);
  CHECK(status_of(decide({}, "Origin: http://test\r\n")) == 101);
  CHECK(status_of(decide({}, "Origin: http://test\r\n", channel::secure)) == 403);
  CHECK(status_of(decide({}, "Origin: https://test\r\n", channel::secure)) == 101);
  CHECK(status_of(decide({}, "")) == 101);
  CHECK(status_of(decide({.origin = websock::http::any_origin()}, foreign)) == 101);
  CHECK(status_of(
            decide({.origin = websock::http::origins({"https://evil.example"})}, foreign))
        == 101);
}

TEST_CASE("headers of the options are in the 101, behind those of the handshake",
          "[RFC6455 §4.2.2(5)]") {
  const auto decided =
      decide({.headers = {{"Set-Cookie", "a=b"}, {"Set-Cookie", "c=d"}}}, "");
  CHECK(std::get<accepted_upgrade>(decided).response.ends_with(
      "=\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n"));
}

TEST_CASE("options of the wish change those of the server") {
  admission by({.subprotocols = {"server"}, .headers = {{"X-House", "1"}}}, 0, 1, 5s);
  const auto request = request_with("Sec-WebSocket-Protocol: server, route\r\n");
  auto wish = websock::upgrade<silent>(
      request, websock::with([](auto& its) { its.subprotocols = {"route"}; }));
  const auto decided =
      by.decide(request, std::get<websock::upgrade_plan>(std::move(wish.value())), {});
  CHECK(std::get<accepted_upgrade>(decided).agreed.subprotocol == "route");
  CHECK(std::get<accepted_upgrade>(decided).response.find("\r\nX-House: 1\r\n")
        != std::string::npos);
}

TEST_CASE("who is refused does not count; one too many and all after the close get 503") {
  admission by({}, 2, 1, 7s);
  CHECK(status_of(decide(by, "Origin: http://evil\r\n")) == 403);
  CHECK(by.count() == 0);
  CHECK(status_of(decide(by, "")) == 101);
  CHECK(status_of(decide(by, "")) == 101);
  const auto refused = decide(by, "");
  CHECK(status_of(refused) == 503);
  CHECK(std::get<websock::http::response>(refused).headers.back()
        == std::pair<std::string, std::string>("Retry-After", "7"));
  CHECK(by.count() == 2);
  by.dismiss();
  CHECK(status_of(decide(by, "")) == 101);
  by.dismiss();
  by.close();
  CHECK(status_of(decide(by, "")) == 503);
  CHECK(by.count() == 1);
}

TEST_CASE("no limit means 16,384 for each shard") {
  admission by({}, 0, 2, 5s);
  for (int i = 0; i < 2 * 16'384; ++i)
    REQUIRE(status_of(decide(by, "")) == 101);
  CHECK(status_of(decide(by, "")) == 503);
}

TEST_CASE("compression is agreed on where the route wants it and the client offers it",
          "[RFC7692 §5]") {
  const auto made = offered("permessage-deflate; client_max_window_bits",
                            {.timeout = 5s, .compress = true});
  CHECK(extensions_of(made) == "permessage-deflate; client_max_window_bits=15");
  CHECK(made.agreed.deflate == websock::protocol::deflate_params{});
  CHECK(made.response.ends_with("\r\n\r\n"));
  const auto without = offered("permessage-deflate", {});
  CHECK(extensions_of(without) == "none");
  CHECK_FALSE(without.agreed.deflate);
}

TEST_CASE("an offer that is not understood is never an error, and never repeated",
          "[RFC7692 §5][deflate-bad-params]") {
  const upgrade_options options{.compress = true};
  CHECK(extensions_of(offered("permessage-deflate; foo=1, permessage-deflate", options))
        == "permessage-deflate");
  for (const auto* offers : {"permessage-deflate; foo=1", "foo",
                             "permessage-deflate; =", "\"", "; ; ,", ","}) {
    const auto made = offered(offers, options);
    CHECK(extensions_of(made) == "none");
    CHECK_FALSE(made.agreed.deflate);
  }
}

TEST_CASE("all that was offered is answered", "[deflate-offered-params]") {
  const auto made = offered("permessage-deflate; server_no_context_takeover; "
                            "client_no_context_takeover; server_max_window_bits=10; "
                            "client_max_window_bits",
                            {.compress = true});
  CHECK(extensions_of(made)
        == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
           "server_max_window_bits=10; client_max_window_bits=15");
}
