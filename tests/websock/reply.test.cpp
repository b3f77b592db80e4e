// What a route answers: a response as it is, or an upgrade that the request must be fit
// for.
#include "websock/reply.hpp"

#include "websock/http/head_parser.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

using namespace std::chrono_literals;

namespace {

class counted final : public websock::behaviour {
public:
  counted(int& made, std::string called) : name(std::move(called)) { ++made; }
  const std::string name;

private:
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
};

[[nodiscard]] websock::http::request parsed(std::string_view text) {
  websock::http::head_parser parser;
  return std::get<websock::http::request>(parser.feed(text));
}

/// The plan for a request that offers these extensions.
[[nodiscard]] websock::upgrade_plan plan_for(const std::string& offers,
                                             const websock::upgrade_options& options) {
  std::string text = tests::upgrade_request("/");
  text.insert(text.size() - 2, "Sec-WebSocket-Extensions: " + offers + "\r\n");
  int made = 0;
  auto subject = websock::upgrade<counted>(parsed(text), options, std::ref(made), "ada");
  return std::get<websock::upgrade_plan>(std::move(subject.value()));
}

/// The value of Sec-WebSocket-Extensions in a response, or "none".
[[nodiscard]] std::string extensions_of(const websock::upgrade_plan& plan) {
  const std::string name = "\r\nSec-WebSocket-Extensions: ";
  const auto begin = plan.response.find(name);
  if (begin == std::string::npos)
    return "none";
  const auto end = plan.response.find("\r\n", begin + name.size());
  return plan.response.substr(begin + name.size(), end - begin - name.size());
}

} // namespace

TEST_CASE("a response is a reply as it is") {
  websock::http::reply subject = websock::http::ok_text("hi");
  const auto* plain = std::get_if<websock::http::response>(&subject.value());
  REQUIRE(plain != nullptr);
  CHECK(plain->body == "hi");
}

TEST_CASE("an upgrade decides at once and makes a handler for each connection later") {
  int made = 0;
  auto subject = websock::upgrade<counted>(parsed(tests::upgrade_request("/")),
                                           {.timeout = 5s}, std::ref(made), "ada");
  auto* plan = std::get_if<websock::upgrade_plan>(&subject.value());
  REQUIRE(plan != nullptr);
  CHECK(made == 0);
  CHECK(plan->options->timeout == 5s);
  CHECK(plan->response.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(plan->response.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
        != std::string::npos);
  const auto first = plan->make();
  const auto second = plan->make();
  CHECK(made == 2);
  CHECK(first != second);
  CHECK(dynamic_cast<counted&>(*second).name == "ada");
}

TEST_CASE("a request that is no handshake gets the response that says so") {
  int made = 0;
  auto subject = websock::upgrade<counted>(parsed(tests::get_request("/")), {},
                                           std::ref(made), "ada");
  const auto* refusal = std::get_if<websock::http::response>(&subject.value());
  REQUIRE(refusal != nullptr);
  CHECK(refusal->status == 426);
  CHECK(made == 0);
}

TEST_CASE("options out of range are a bug of the route, whatever the request") {
  int made = 0;
  const auto request = parsed(tests::get_request("/"));
  CHECK_THROWS_AS(
      websock::upgrade<counted>(request, {.timeout = 0s}, std::ref(made), "ada"),
      std::invalid_argument);
}

TEST_CASE("compression is agreed on where the route wants it and the client offers it",
          "[RFC7692 §5]") {
  const auto plan = plan_for("permessage-deflate; client_max_window_bits",
                             {.timeout = 5s, .compress = true});
  CHECK(extensions_of(plan) == "permessage-deflate; client_max_window_bits=15");
  CHECK(plan.agreed.deflate == websock::protocol::deflate_params{});
  CHECK(plan.response.ends_with("\r\n\r\n"));
  const auto without = plan_for("permessage-deflate", {});
  CHECK(extensions_of(without) == "none");
  CHECK_FALSE(without.agreed.deflate);
}

TEST_CASE("an offer that is not understood is never an error, and never repeated",
          "[RFC7692 §5][deflate-bad-params]") {
  const websock::upgrade_options options{.compress = true};
  CHECK(extensions_of(plan_for("permessage-deflate; foo=1, permessage-deflate", options))
        == "permessage-deflate");
  for (const auto* offers : {"permessage-deflate; foo=1", "foo",
                             "permessage-deflate; =", "\"", "; ; ,", ","}) {
    const auto plan = plan_for(offers, options);
    CHECK(extensions_of(plan) == "none");
    CHECK_FALSE(plan.agreed.deflate);
  }
}

TEST_CASE("all that was offered is answered", "[deflate-offered-params]") {
  const auto plan = plan_for("permessage-deflate; server_no_context_takeover; "
                             "client_no_context_takeover; server_max_window_bits=10; "
                             "client_max_window_bits",
                             {.compress = true});
  CHECK(extensions_of(plan)
        == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
           "server_max_window_bits=10; client_max_window_bits=15");
}
