// The parts of a connection request: parameters, tokens, topics.
#include "websock/channels/channel/channel.hpp"
#include "websock/channels/socket/auth_token.hpp"
#include "websock/channels/socket/connect_params.hpp"
#include "websock/channels/socket/topic_routes.hpp"

#include "tests/catch.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace websock::channels;
using websock::json;

namespace {

std::string token_of(std::vector<std::string_view> offered) {
  const auto found = find_token(offered);
  if (std::holds_alternative<malformed_token>(found))
    return "malformed";
  return std::get<0>(found).value_or("none");
}

channel_factory nothing() {
  return [] { return std::unique_ptr<websock::channel>(); };
}

} // namespace

TEST_CASE("parameters nest by the brackets in their names") {
  CHECK(connect_params("") == json::object());
  CHECK(connect_params("a=1&a=2&b=&c&&p=%C3%A4+b%20c")
        == json({{"a", "2"}, {"b", ""}, {"c", ""}, {"p", "ä b c"}}));
  CHECK(connect_params("u[n]=x&u[m][k]=y&l[]=1&l[]=2&o[][a]=1")
        == json::parse(R"({"u":{"n":"x","m":{"k":"y"}},"l":["1","2"],"o":[{"a":"1"}]})"));
  CHECK(connect_params("a=1&a[b]=2") == json::parse(R"({"a":{"b":"2"}})"));
  CHECK(connect_params("a[=1&b]=2") == json({{"a[", "1"}, {"b]", "2"}}));
}

TEST_CASE("parameters that cannot be decoded, or are too many") {
  for (const auto* query : {"a=%", "a=%4", "a=%zz", "x=%FF", "%FF=1"})
    CHECK_FALSE(connect_params(query));
  std::string many;
  for (int i = 0; i < 1'001; ++i)
    many += "a=1&";
  CHECK_FALSE(connect_params(many));
  std::string deep = "a";
  for (int i = 0; i < 17; ++i)
    deep += "[b]";
  CHECK_FALSE(connect_params(deep + "=1"));
}

TEST_CASE("a token is the one subprotocol with its prefix") {
  CHECK(token_of({}) == "none");
  CHECK(token_of({"phoenix"}) == "none");
  CHECK(token_of({"phoenix", "base64url.bearer.phx.c2VjcmV0IHRva2VuPz4"})
        == "secret token?>");
  CHECK(token_of({"base64url.bearer.phx.Pz4_"}) == "?>?");
  CHECK(token_of({"base64url.bearer.phx.Pz4/"}) == "?>?");
  CHECK(token_of({"base64url.bearer.phx.YQ=="}) == "a");
  CHECK(token_of({"base64url.bearer.phx."}).empty());
  CHECK(token_of({"base64url.bearer.phx.%%%"}) == "malformed");
  CHECK(token_of({"base64url.bearer.phx.YWJjZ"}) == "malformed");
  CHECK(token_of({"base64url.bearer.phx.YQ", "base64url.bearer.phx.YQ"}) == "none");
}

TEST_CASE("topics are matched by the first route") {
  topic_routes routes;
  routes.add("room:admin", nothing());
  routes.add("room:*", nothing());
  routes.add("*", nothing());
  const auto* const admin = routes.find("room:admin");
  const auto* const room = routes.find("room:");
  REQUIRE(admin != nullptr);
  REQUIRE(room != nullptr);
  CHECK(admin != room);
  CHECK(routes.find("room:admins") == room);
  CHECK(routes.find("") != nullptr);
  CHECK(routes.find("") != room);
}

TEST_CASE("patterns have a star at their end only") {
  topic_routes routes;
  CHECK_THROWS_AS(routes.add("a*b", nothing()), std::invalid_argument);
  CHECK_THROWS_AS(routes.add("**", nothing()), std::invalid_argument);
  CHECK_THROWS_AS(routes.add("phoenix", nothing()), std::invalid_argument);
  CHECK(routes.find("anything") == nullptr);
}
