// The accessors of a request.

#include "websock/http/request.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace websock::http;
using websock::testing::request_of;

namespace {

request get(std::string_view target, std::string_view headers = "") {
  return request_of("GET " + std::string{target} + " HTTP/1.1\r\nHost: h\r\n"
                    + std::string{headers} + "\r\n");
}

} // namespace

TEST_CASE("the request line is told in its parts", "[RFC9112 §3]") {
  const request made = get("/caf%C3%A9/a%2Fb?x=1");
  CHECK(made.method() == "GET");
  CHECK(made.target() == "/caf%C3%A9/a%2Fb?x=1");
  CHECK(made.path() == "/café/a/b");
  CHECK(made.raw_path() == "/caf%C3%A9/a%2Fb");
  CHECK(made.version_minor() == 1);
  CHECK(request_of("GET / HTTP/1.0\r\n\r\n").version_minor() == 0);
}

TEST_CASE("headers are found in any case, the first one first", "[RFC9110 §5.1]") {
  const request made = get("/", "X-A: 1\r\nx-b: 2\r\nx-a: 3\r\n");
  CHECK(made.header("x-A") == "1");
  CHECK_FALSE(made.header("x"));
  CHECK(made.header_values("X-A") == std::vector<std::string_view>{"1", "3"});
  CHECK(made.header_values("none").empty());
  REQUIRE(made.headers().size() == 4);
  CHECK(made.headers()[2].name == "x-b");
}

TEST_CASE("a token is found in any of the lists, whole, in any case",
          "[RFC9110 §5.6.1]") {
  const request made = get("/", "Connection: keep-alive, Upgrade\r\nConnection: x\r\n");
  CHECK(made.has_token("connection", "upgrade"));
  CHECK(made.has_token("Connection", "X"));
  CHECK_FALSE(made.has_token("Connection", "keep"));
  CHECK_FALSE(made.has_token("Upgrade", "websocket"));
}

TEST_CASE("the query gives the first value of a name, decoded", "[RFC3986 §3.4]") {
  const request made =
      get("/?nick=Ada+L%26&room=a%20b&nick=no&flag&=x&%6Eame=%C3%A9&bad=%");
  CHECK(made.query("nick") == "Ada L&");
  CHECK(made.query("room") == "a b");
  CHECK(made.query("flag") == "");
  CHECK(made.query("name") == "é");
  CHECK_FALSE(made.query("bad"));
  CHECK_FALSE(made.query("other"));
  CHECK_FALSE(get("/").query("nick"));
}

TEST_CASE("parameters are those that were set") {
  request made = get("/");
  CHECK(made.param("room").empty());
  made.set_params({{"room", "lobby"}, {"id", "7"}});
  CHECK(made.param("room") == "lobby");
  CHECK(made.param("id") == "7");
  CHECK(made.param("x").empty());
}

TEST_CASE("views stay valid when the request moves") {
  request made = get("/p?q", "X: y\r\n");
  const std::string_view method = made.method();
  const std::string_view path = made.path();
  const auto value = made.header("X");
  const request moved = std::move(made);
  CHECK(method.data() == moved.method().data());
  CHECK(path == "/p");
  CHECK(value == "y");
}

TEST_CASE(
    "HTTP/1.1 keeps the connection unless told otherwise, HTTP/1.0 the other way round") {
  CHECK(get("/").keep_alive());
  CHECK_FALSE(get("/", "Connection: x, CLOSE\r\n").keep_alive());
  CHECK_FALSE(request_of("GET / HTTP/1.0\r\n\r\n").keep_alive());
  CHECK(request_of("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive());
  CHECK_FALSE(
      request_of("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").keep_alive());
}

TEST_CASE("the body that follows is announced", "[RFC9112 §6.3]") {
  CHECK(get("/").content_length() == 0);
  CHECK(get("/", "Content-Length: 18446744073709551615\r\n").content_length() == ~0ULL);
  CHECK_FALSE(get("/").is_chunked());
  CHECK(get("/", "Transfer-Encoding: Chunked\r\n").is_chunked());
}

TEST_CASE("who sent it is asked of where it came from") {
  class somewhere final : public request_source {
    std::string peer_name() const override { return "192.0.2.1:5"; }
    bool is_secure() const noexcept override { return true; }
  };
  request made = get("/");
  CHECK(made.peer().empty());
  CHECK_FALSE(made.is_secure());
  const somewhere from;
  made.set_source(&from);
  CHECK(made.peer() == "192.0.2.1:5");
  CHECK(made.is_secure());
}
