// Offers of permessage-deflate and the responses to them, RFC 7692 §7.1.
#include "websock/handshake/deflate_negotiation.hpp"

#include "websock/http/token.hpp"

#include "tests/catch.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

using websock::accept_deflate;
using websock::deflate_refusal;
using websock::offer_deflate;
using websock::read_deflate_response;
using websock::protocol::context_takeover;
using websock::protocol::deflate_options;
using websock::protocol::deflate_params;

namespace {

std::vector<std::string_view> elements_of(std::string_view header) {
  std::vector<std::string_view> elements;
  while (const auto element = websock::http::take_list_element(header))
    elements.push_back(*element);
  return elements;
}

/// The extension in the response to a request with this header, or "none".
std::string answer(std::string_view header, const deflate_options& own = {}) {
  const auto accepted = accept_deflate(elements_of(header), own);
  return accepted ? accepted->extension : "none";
}

/// "15 kept, 15 kept": from the server, from the client.
std::string line_of(const deflate_params& params) {
  const auto word = [](context_takeover what) {
    return what == context_takeover::kept ? " kept" : " none";
  };
  return std::to_string(params.server.window_bits) + word(params.server.takeover) + ", "
         + std::to_string(params.client.window_bits) + word(params.client.takeover);
}

std::string agreed(std::string_view header, const deflate_options& own = {}) {
  const auto accepted = accept_deflate(elements_of(header), own);
  return accepted ? line_of(accepted->params) : "none";
}

/// What a client makes of a response: parameters, "declined", or why it fails.
std::string outcome(std::string_view header, const deflate_options* own) {
  const auto result = read_deflate_response(elements_of(header), own);
  if (const auto* refusal = std::get_if<deflate_refusal>(&result))
    return std::string(refusal->reason);
  const auto& params = *std::get_if<0>(&result);
  return params ? line_of(*params) : "declined";
}

const std::string plain = "permessage-deflate";

} // namespace

TEST_CASE("an offer without parameters is accepted without any", "[RFC7692 §7.1]") {
  CHECK(answer(plain) == plain);
  CHECK(agreed(plain) == "15 kept, 15 kept");
}

TEST_CASE("each parameter of an offer is answered", "[RFC7692 §7.1]") {
  struct row {
    std::string_view offer, response, params;
  };
  const row rows[] = {
      {"server_no_context_takeover", "server_no_context_takeover", "15 none, 15 kept"},
      {"client_no_context_takeover", "client_no_context_takeover", "15 kept, 15 none"},
      {"server_max_window_bits=10", "server_max_window_bits=10", "10 kept, 15 kept"},
      {"server_max_window_bits=15", "server_max_window_bits=15", "15 kept, 15 kept"},
      {"server_max_window_bits=9", "server_max_window_bits=9", "9 kept, 15 kept"},
      {"server_max_window_bits=\"10\"", "server_max_window_bits=10", "10 kept, 15 kept"},
      {"client_max_window_bits", "client_max_window_bits=15", "15 kept, 15 kept"},
      {"client_max_window_bits=11", "client_max_window_bits=11", "15 kept, 11 kept"},
      {"client_max_window_bits=8", "client_max_window_bits=8", "15 kept, 8 kept"},
      {"CLIENT_MAX_WINDOW_BITS=8", "client_max_window_bits=8", "15 kept, 8 kept"}};
  for (const auto& each : rows) {
    CAPTURE(each.offer);
    const auto offer = plain + "; " + std::string(each.offer);
    CHECK(answer(offer) == plain + "; " + std::string(each.response));
    CHECK(agreed(offer) == each.params);
  }
  CHECK(answer("PerMessage-Deflate") == plain);
}

TEST_CASE("the parameters of the record are answered as the originals do",
          "[deflate-offered-params]") {
  const auto offer = plain
                     + "; server_no_context_takeover; client_no_context_takeover; "
                       "server_max_window_bits=10; client_max_window_bits";
  CHECK(answer(offer)
        == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
           "server_max_window_bits=10; client_max_window_bits=15");
  CHECK(agreed(offer) == "10 none, 15 none");
}

TEST_CASE("an offer with a parameter that is unknown, malformed or twice there is "
          "declined",
          "[RFC7692 §7.1]") {
  for (const std::string_view params :
       {"foo",
        "foo=1",
        "server_no_context_takeover=1",
        "server_no_context_takeover=\"\"",
        "client_no_context_takeover=true",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; Client_No_Context_Takeover",
        "server_max_window_bits",
        "server_max_window_bits=",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=010",
        "server_max_window_bits=08",
        "server_max_window_bits=+9",
        "server_max_window_bits=-9",
        "server_max_window_bits=1e1",
        "server_max_window_bits=0xA",
        "server_max_window_bits=100",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits=7",
        "client_max_window_bits=16",
        "client_max_window_bits=0",
        "client_max_window_bits=09",
        "client_max_window_bits; client_max_window_bits=10",
        "client_max_window_bits=10; client_max_window_bits",
        "server-max-window-bits=10",
        "client_max_window_bits=\"1 0\"",
        "client_max_window_bits=\"10",
        "",
        "; foo"}) {
    CAPTURE(params);
    CHECK(answer(plain + "; " + std::string(params)) == "none");
  }
}

TEST_CASE("other extensions are passed over", "[RFC6455 §9.1]") {
  CHECK(answer("") == "none");
  CHECK(answer("x-webkit-deflate-frame") == "none");
  CHECK(answer("permessage-bzip2, foo; bar=\"a,b\", permessage-deflate") == plain);
  CHECK(answer("permessage-deflat, permessage-deflatee") == "none");
  CHECK(answer("foo bar, permessage-deflate") == plain);
}

TEST_CASE("the first offer that can be kept is taken, in the client's order",
          "[RFC7692 §5][deflate-bad-params]") {
  CHECK(answer("permessage-deflate; foo=1, permessage-deflate") == plain);
  CHECK(answer("permessage-deflate; server_max_window_bits=10, permessage-deflate")
        == plain + "; server_max_window_bits=10");
  CHECK(answer("permessage-deflate, permessage-deflate; server_max_window_bits=10")
        == plain);
  CHECK(answer("permessage-deflate; foo, permessage-deflate; bar") == "none");
}

TEST_CASE("a window of 2^8 for the server is declined: zlib cannot keep to it",
          "[RFC7692 §7.1.2.1]") {
  CHECK(answer("permessage-deflate; server_max_window_bits=8") == "none");
  CHECK(answer("permessage-deflate; server_max_window_bits=8, permessage-deflate")
        == plain);
}

TEST_CASE("the server's own options shrink what is agreed on", "[RFC7692 §7.1]") {
  CHECK(answer(plain, {.server_takeover = context_takeover::none})
        == plain + "; server_no_context_takeover");
  CHECK(answer(plain, {.client_takeover = context_takeover::none})
        == plain + "; client_no_context_takeover");
  CHECK(answer(plain, {.server_max_window_bits = 12})
        == plain + "; server_max_window_bits=12");
  CHECK(answer(plain + "; server_max_window_bits=10", {.server_max_window_bits = 12})
        == plain + "; server_max_window_bits=10");
  CHECK(answer(plain + "; server_max_window_bits=14", {.server_max_window_bits = 12})
        == plain + "; server_max_window_bits=12");
  CHECK(answer(plain + "; client_max_window_bits", {.client_max_window_bits = 12})
        == plain + "; client_max_window_bits=12");
  CHECK(answer(plain + "; client_max_window_bits=10", {.client_max_window_bits = 12})
        == plain + "; client_max_window_bits=10");
}

TEST_CASE("a client that did not offer to shrink its window is not told to",
          "[RFC7692 §7.1.2.2]") {
  CHECK(answer(plain, {.client_max_window_bits = 9}) == plain);
  CHECK(agreed(plain, {.client_max_window_bits = 9}) == "15 kept, 15 kept");
}

TEST_CASE("a client offers what its options ask for", "[RFC7692 §7.1]") {
  CHECK(offer_deflate({}) == plain + "; client_max_window_bits");
  CHECK(offer_deflate({.server_max_window_bits = 10,
                       .client_max_window_bits = 11,
                       .server_takeover = context_takeover::none,
                       .client_takeover = context_takeover::none})
        == plain
               + "; server_no_context_takeover; client_no_context_takeover; "
                 "server_max_window_bits=10; client_max_window_bits=11");
}

TEST_CASE("a client takes from the response what it offered", "[RFC7692 §7.1]") {
  const deflate_options all;
  CHECK(outcome("", &all) == "declined");
  CHECK(outcome("", nullptr) == "declined");
  CHECK(outcome(plain, &all) == "15 kept, 15 kept");
  CHECK(outcome(plain + "; server_no_context_takeover", &all) == "15 none, 15 kept");
  CHECK(outcome(plain + "; client_no_context_takeover", &all) == "15 kept, 15 none");
  CHECK(outcome(plain + "; server_max_window_bits=10", &all) == "10 kept, 15 kept");
  CHECK(outcome(plain + "; client_max_window_bits=8", &all) == "15 kept, 8 kept");
  CHECK(outcome(plain + "; client_max_window_bits=\"9\"", &all) == "15 kept, 9 kept");
  const deflate_options hints{.client_max_window_bits = 10,
                              .client_takeover = context_takeover::none};
  CHECK(outcome(plain, &hints) == "15 kept, 10 none"); // it keeps to its own hints
}

TEST_CASE("a client fails at a response that is not an answer to its offer",
          "[RFC7692 §7.1][RFC6455 §4.1]") {
  const deflate_options all;
  const deflate_options less{.server_max_window_bits = 10,
                             .client_max_window_bits = 10,
                             .server_takeover = context_takeover::none};
  const std::string unoffered = "RFC 6455 §4.1: an extension that was not offered";
  CHECK(outcome(plain, nullptr) == unoffered);
  CHECK(outcome("foo", &all) == unoffered);
  CHECK(outcome("permessage-deflate, permessage-deflate", &all) == unoffered);
  CHECK(outcome("permessage-deflate, foo", &all) == unoffered);
  CHECK(outcome("permessage-deflate;", &all)
        == "RFC 6455 §9.1: malformed Sec-WebSocket-Extensions");
  for (const std::string_view params :
       {"foo", "client_max_window_bits", "client_max_window_bits=7",
        "server_max_window_bits", "server_max_window_bits=16",
        "server_no_context_takeover=1",
        "client_no_context_takeover; client_no_context_takeover"}) {
    CAPTURE(params);
    CHECK(outcome(plain + "; " + std::string(params), &all)
          == "RFC 7692 §7.1: malformed parameters of permessage-deflate");
  }
  CHECK(outcome(plain + "; server_max_window_bits=10", &less)
        == "RFC 7692 §7.1.1.1: the server ignored server_no_context_takeover");
  CHECK(outcome(plain + "; server_no_context_takeover", &less)
        == "RFC 7692 §7.1.2.1: the server ignored server_max_window_bits");
  CHECK(outcome(plain + "; server_no_context_takeover; server_max_window_bits=11", &less)
        == "RFC 7692 §7.1.2.1: the server's window is larger than offered");
  CHECK(outcome(plain
                    + "; server_no_context_takeover; server_max_window_bits=9; "
                      "client_max_window_bits=11",
                &less)
        == "RFC 7692 §7.1.2.2: the window for the client is larger than offered");
}

TEST_CASE("both ends agree on the same, whatever they want", "[RFC7692 §7.1]") {
  const auto none = context_takeover::none;
  const auto client_takeover = GENERATE(context_takeover::kept, context_takeover::none);
  const auto server_takeover = GENERATE(context_takeover::kept, context_takeover::none);
  const int client_bits = GENERATE(9, 12, 15);
  const int server_bits = GENERATE(9, 12, 15);
  const deflate_options client{.server_max_window_bits = server_bits,
                               .client_max_window_bits = client_bits,
                               .server_takeover = server_takeover,
                               .client_takeover = client_takeover};
  for (const auto& server :
       {deflate_options{}, deflate_options{.server_max_window_bits = 10},
        deflate_options{.client_max_window_bits = 10, .client_takeover = none},
        deflate_options{.server_max_window_bits = 11, .server_takeover = none}}) {
    const auto accepted = accept_deflate(elements_of(offer_deflate(client)), server);
    REQUIRE(accepted);
    CHECK(outcome(accepted->extension, &client) == line_of(accepted->params));
  }
}
