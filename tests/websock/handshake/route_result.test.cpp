// What a route returns: a response, used unchanged, or an upgrade, which the request must
// qualify for.
#include "websock/handshake/route_result.hpp"

#include "websock/http/head_parser.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

using namespace std::chrono_literals;

namespace {

class counted final : public websock::handler {
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

} // namespace

TEST_CASE("a response is a reply as it is") {
  websock::route_result subject = websock::http::ok_text("hi");
  const auto* plain = std::get_if<websock::http::response>(&subject.value());
  REQUIRE(plain != nullptr);
  CHECK(plain->body == "hi");
}

TEST_CASE("an upgrade is a wish, which makes a handler for each connection later") {
  int made = 0;
  const auto request = parsed(tests::upgrade_request("/"));
  auto subject = websock::upgrade<counted>(
      request, websock::with([](auto& its) { its.timeout = 5s; }), std::ref(made), "ada");
  auto* plan = std::get_if<websock::upgrade_plan>(&subject.value());
  REQUIRE(plan != nullptr);
  CHECK(made == 0);
  const auto defaults = std::make_shared<const websock::upgrade_options>(
      websock::upgrade_options{.close_timeout = 7s});
  const auto options = websock::detail::resolve(plan->options, defaults);
  CHECK(options->timeout == 5s);
  CHECK(options->close_timeout == 7s);
  CHECK(plan->offer.key == "dGhlIHNhbXBsZSBub25jZQ==");
  const auto first = plan->make();
  const auto second = plan->make();
  CHECK(made == 2);
  CHECK(first != second);
  CHECK(dynamic_cast<counted&>(*second).name == "ada");
}

TEST_CASE(
    "an upgrade without options leaves them to the server, checked ones are shared") {
  int made = 0;
  const auto request = parsed(tests::upgrade_request("/"));
  auto plain = websock::upgrade<counted>(request, std::ref(made), "ada");
  const auto resolved = [](websock::route_result& of,
                           const std::shared_ptr<const websock::upgrade_options>& on) {
    return websock::detail::resolve(std::get<websock::upgrade_plan>(of.value()).options,
                                    on);
  };
  const auto defaults = std::make_shared<const websock::upgrade_options>();
  CHECK(resolved(plain, defaults) == defaults);
  const websock::checked_options options(*defaults, websock::with());
  auto own = websock::upgrade<counted>(request, options, std::ref(made), "ada");
  CHECK(resolved(own, defaults) == options.shared());
}

TEST_CASE("a request that is no handshake gets the response that says so") {
  int made = 0;
  auto subject = websock::upgrade<counted>(parsed(tests::get_request("/")),
                                           websock::with(), std::ref(made), "ada");
  const auto* refusal = std::get_if<websock::http::response>(&subject.value());
  REQUIRE(refusal != nullptr);
  CHECK(refusal->status == 426);
  CHECK(made == 0);
}

TEST_CASE("options that a route changes start from the server's, and are validated") {
  const auto defaults = std::make_shared<const websock::upgrade_options>();
  CHECK_THROWS_AS(websock::detail::resolve(
                      websock::with([](auto& its) { its.timeout = 0s; }), defaults),
                  std::invalid_argument);
  CHECK(defaults->timeout == 60s);
}
