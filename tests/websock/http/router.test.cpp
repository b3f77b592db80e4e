// Which handler a request reaches.

#include "websock/http/router.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

using namespace websock::http;

namespace {

// "handler name=value...", "404" or "405 allow".
std::string found(const router<std::string>& routes, std::string_view method,
                  std::string_view path) {
  const auto result = routes.match(method, path);
  if (const auto* wrong = std::get_if<wrong_method>(&result))
    return "405 " + wrong->allow;
  if (std::holds_alternative<unknown_method>(result))
    return "501";
  const auto* matched = std::get_if<router<std::string>::matched>(&result);
  if (matched == nullptr)
    return "404";
  std::string line = *matched->handler;
  for (const auto& [name, value] : matched->params)
    line.append(" ").append(name).append("=").append(value);
  return line;
}

std::string get(const router<std::string>& routes, std::string_view path) {
  return found(routes, "GET", path);
}

router<std::string> routes_of(const std::vector<std::string>& patterns) {
  router<std::string> routes;
  for (const std::string& pattern : patterns)
    routes.add("GET", pattern, pattern);
  return routes;
}

} // namespace

TEST_CASE("literal paths match whole and exactly") {
  const auto routes = routes_of({"/", "/chat", "/chat/", "/chat/lobby", "/café"});
  CHECK(get(routes, "/") == "/");
  CHECK(get(routes, "/chat") == "/chat");
  CHECK(get(routes, "/chat/") == "/chat/");
  CHECK(get(routes, "/chat/lobby") == "/chat/lobby");
  CHECK(get(routes, "/caf%C3%A9") == "/café");
  for (const char* path :
       {"/chat/lobby/", "/cha", "/Chat", "//", "/chat//lobby", "", "chat"})
    CHECK(get(routes, path) == "404");
}

TEST_CASE("a parameter takes one segment that is not empty") {
  const auto routes = routes_of({"/chat/:room", "/a/:x/b/:y"});
  CHECK(get(routes, "/chat/lobby") == "/chat/:room room=lobby");
  CHECK(get(routes, "/a/1/b/2") == "/a/:x/b/:y x=1 y=2");
  CHECK(get(routes, "/chat/") == "404");
  CHECK(get(routes, "/chat/a/b") == "404");
}

TEST_CASE("a rest takes what follows, even nothing, slashes included") {
  const auto routes = routes_of({"/files/*path"});
  CHECK(get(routes, "/files/a/b.txt") == "/files/*path path=a/b.txt");
  CHECK(get(routes, "/files/") == "/files/*path path=");
  CHECK(get(routes, "/files/a/") == "/files/*path path=a/");
  CHECK(get(routes, "/files") == "404");
}

TEST_CASE("segments are decoded once, after the split") {
  const auto routes = routes_of({"/chat/:room"});
  CHECK(get(routes, "/chat/a%2Fb%20c") == "/chat/:room room=a/b c");
  CHECK(get(routes, "/chat/100%2525") == "/chat/:room room=100%25");
  CHECK(get(routes, "/%63hat/x") == "/chat/:room room=x");
  CHECK(get(routes, "/chat/%zz") == "404");
}

TEST_CASE(
    "literals beat parameters, parameters beat rests, whatever the order of adding") {
  std::vector<std::string> patterns{"/*rest", "/:a", "/:a/:b", "/x/:b", "/:a/y", "/x/y"};
  std::sort(patterns.begin(), patterns.end());
  do {
    const auto routes = routes_of(patterns);
    REQUIRE(get(routes, "/x/y") == "/x/y");
    REQUIRE(get(routes, "/x/z") == "/x/:b b=z");
    REQUIRE(get(routes, "/w/y") == "/:a/y a=w");
    REQUIRE(get(routes, "/w/z") == "/:a/:b a=w b=z");
    REQUIRE(get(routes, "/w") == "/:a a=w");
    REQUIRE(get(routes, "/a/b/c") == "/*rest rest=a/b/c");
  } while (std::next_permutation(patterns.begin(), patterns.end()));
}

TEST_CASE("a path that fits with other methods only is 405 with all of them",
          "[RFC9110 §15.5.6]") {
  router<std::string> routes;
  routes.add("POST", "/users/:id", "post");
  routes.add("GET", "/users/me", "get");
  routes.add("DELETE", "/users/:id", "delete");
  CHECK(found(routes, "PUT", "/users/me") == "405 DELETE, GET, HEAD, OPTIONS, POST");
  CHECK(found(routes, "PUT", "/users/7") == "405 DELETE, OPTIONS, POST");
  CHECK(found(routes, "POST", "/users/me") == "post id=me");
}

TEST_CASE("a method that nobody knows is 501, one that a route has is known everywhere",
          "[RFC9110 §9.1]") {
  router<std::string> routes;
  routes.add("GET", "/a", "get");
  routes.add("REPORT", "/b", "report");
  for (const char* method : {"HEAD", "POST", "PUT", "DELETE", "TRACE", "PATCH"})
    CHECK(found(routes, method, "/nowhere") == "404");
  CHECK(found(routes, "REPORT", "/b") == "report");
  CHECK(found(routes, "REPORT", "/a") == "405 GET, HEAD, OPTIONS");
  for (const char* method : {"get", "Get", "FOO", "CONNECT", "PROPFIND"}) {
    CHECK(found(routes, method, "/a") == "501");
    CHECK(found(routes, method, "/nowhere") == "501");
  }
  CHECK_THROWS_WITH(routes.add("CONNECT", "/c", "x"), "not a method of routes: CONNECT");
}

TEST_CASE("OPTIONS of a path, and of the whole server, finds what is allowed",
          "[RFC9110 §9.3.7]") {
  router<std::string> routes;
  CHECK(found(routes, "OPTIONS", "*") == "405 OPTIONS");
  routes.add("GET", "/a", "get");
  routes.add("POST", "/b", "post");
  routes.add("OPTIONS", "/c", "own");
  CHECK(found(routes, "OPTIONS", "/a") == "405 GET, HEAD, OPTIONS");
  CHECK(found(routes, "OPTIONS", "/b") == "405 OPTIONS, POST");
  CHECK(found(routes, "OPTIONS", "/c") == "own");
  CHECK(found(routes, "OPTIONS", "/nowhere") == "404");
  CHECK(found(routes, "OPTIONS", "*") == "405 GET, HEAD, OPTIONS, POST");
}

TEST_CASE("HEAD reaches a handler of its own, else that of GET", "[RFC9110 §9.3.2]") {
  router<std::string> routes;
  routes.add("GET", "/a", "get a");
  routes.add("GET", "/b", "get b");
  routes.add("HEAD", "/b", "head b");
  CHECK(found(routes, "HEAD", "/a") == "get a");
  CHECK(found(routes, "HEAD", "/b") == "head b");
  CHECK(found(routes, "GET", "/b") == "get b");
}

TEST_CASE("a malformed pattern is refused by name") {
  const std::string pattern = GENERATE(
      "", "chat", "/chat/:", "/*", "/*rest/more", "/a//b", "/:a/:a", "/:a/*a", "/a b",
      "/a?b", "/a#b", "/a%20b", "/a*", "/room:id", "/:a-b", "/:a b", "/\r\n");
  router<std::string> routes;
  CHECK_THROWS_WITH(routes.add("GET", pattern, "x"), Catch::EndsWith(": " + pattern));
  CHECK(get(routes, pattern) == "404");
}

TEST_CASE("a duplicate pattern is refused by name, whatever its parameters are called") {
  auto routes = routes_of({"/chat/:room", "/chat/*rest", "/chat"});
  CHECK_THROWS_WITH(routes.add("GET", "/chat/:id", "x"), Catch::EndsWith("/chat/:id"));
  CHECK_THROWS_AS(routes.add("GET", "/chat/*all", "x"), std::invalid_argument);
  CHECK_THROWS_AS(routes.add("GET", "/chat", "x"), std::invalid_argument);
  CHECK_THROWS_AS(routes.add("GET /", "/new", "x"), std::invalid_argument);
  CHECK_NOTHROW(routes.add("POST", "/chat", "post"));
  CHECK(get(routes, "/chat/7") == "/chat/:room room=7");
  CHECK(found(routes, "POST", "/chat") == "post");
}

TEST_CASE("a request is matched by its raw path") {
  const auto routes = routes_of({"/chat/:room"});
  const auto result =
      routes.match(websock::testing::request_of("GET /chat/a%2Fb?x HTTP/1.0\r\n\r\n"));
  const auto* matched = std::get_if<router<std::string>::matched>(&result);
  REQUIRE(matched != nullptr);
  CHECK(matched->params == path_params{{"room", "a/b"}});
}
