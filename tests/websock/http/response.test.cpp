// Responses as octets, RFC 9112 §4.

#include "websock/http/response.hpp"

#include "tests/catch.hpp"

#include <stdexcept>
#include <string>

using namespace websock::http;

namespace {

std::string kept(const response& made) {
  return made.serialize(body_policy::with_body, connection_policy::keep_alive);
}

bool has_line(const std::string& octets, const std::string& line) {
  return octets.find("\r\n" + line + "\r\n") != std::string::npos;
}

} // namespace

TEST_CASE("a response is a status line, headers, a blank line and the body",
          "[RFC9112 §4]") {
  CHECK(kept(ok_text("hi"))
        == "HTTP/1.1 200 OK\r\n"
           "Content-Type: text/plain; charset=utf-8\r\n"
           "Content-Length: 2\r\n"
           "Connection: keep-alive\r\n"
           "\r\n"
           "hi");
}

TEST_CASE("a response to HEAD has the length of the body and no body",
          "[RFC9110 §9.3.2]") {
  const std::string octets =
      ok_text("hi").serialize(body_policy::head_only, connection_policy::keep_alive);
  CHECK(has_line(octets, "Content-Length: 2"));
  CHECK(octets.ends_with("\r\n\r\n"));
}

TEST_CASE("the last response says that the connection closes", "[RFC9112 §9.3]") {
  const std::string octets =
      not_found().serialize(body_policy::with_body, connection_policy::close);
  CHECK(has_line(octets, "Connection: close"));
  CHECK(octets.starts_with("HTTP/1.1 404 Not Found\r\n"));
  CHECK(octets.ends_with("\r\n\r\nNot Found"));
}

TEST_CASE("connection options of the application are kept beside ours",
          "[RFC9112 §9.3]") {
  const std::string octets =
      upgrade_required().serialize(body_policy::with_body, connection_policy::close);
  CHECK(octets.starts_with("HTTP/1.1 426 Upgrade Required\r\n"));
  CHECK(has_line(octets, "Connection: Upgrade, close"));
  CHECK(octets.find("Connection:") == octets.rfind("Connection:"));
  CHECK(has_line(octets, "Upgrade: websocket"));
  CHECK(has_line(octets, "Sec-WebSocket-Version: 13"));
}

TEST_CASE("a response has the Date given, unless the application set one",
          "[RFC9110 §6.6.1]") {
  const std::string now = "Sun, 06 Nov 1994 08:49:37 GMT";
  const auto dated = [&](const response& made) {
    return made.serialize(body_policy::with_body, connection_policy::close, now);
  };
  CHECK(
      dated(not_found()).starts_with("HTTP/1.1 404 Not Found\r\nDate: " + now + "\r\n"));
  CHECK(has_line(dated({.status = 99, .headers = {}, .body = {}}), "Date: " + now));
  response own = not_found();
  own.with_header("date", "Mon, 07 Nov 1994 08:49:37 GMT");
  CHECK(dated(own).find(now) == std::string::npos);
  CHECK(kept(not_found()).find("Date") == std::string::npos);
}

TEST_CASE("framing headers of the application are ignored", "[RFC9112 §6]") {
  response made = ok_text("hi");
  made.with_header("content-length", "99").with_header("Transfer-Encoding", "chunked");
  const std::string octets = kept(made);
  CHECK(octets.find("99") == std::string::npos);
  CHECK(octets.find("chunked") == std::string::npos);
}

TEST_CASE("statuses without content have neither body nor length", "[RFC9112 §4]") {
  const int status = GENERATE(204, 304);
  const std::string octets = kept({.status = status, .headers = {}, .body = "ignored"});
  CHECK(octets.find("Content-Length") == std::string::npos);
  CHECK(octets.ends_with("\r\n\r\n"));
}

TEST_CASE("a header that is not legal is refused where it is added", "[RFC9110 §5.1]") {
  response made;
  CHECK_THROWS_AS(made.with_header("X", "a\r\nSet-Cookie: b"), std::invalid_argument);
  CHECK_THROWS_AS(made.with_header("X", "a\n"), std::invalid_argument);
  CHECK_THROWS_AS(made.with_header("X", std::string(1, '\0')), std::invalid_argument);
  CHECK_THROWS_AS(made.with_header("X\r\nY", "a"), std::invalid_argument);
  CHECK_THROWS_AS(made.with_header("X y", "a"), std::invalid_argument);
  CHECK_THROWS_AS(made.with_header("", "a"), std::invalid_argument);
  CHECK_THROWS_AS(method_not_allowed("GET\r\nX: y"), std::invalid_argument);
  CHECK(made.headers.empty());
}

TEST_CASE("a header or status that came in another way gives a 500, never its octets",
          "[RFC9110 §5.1]") {
  response made = ok_text("secret");
  made.headers.emplace_back("X", "a\r\nSet-Cookie: b");
  CHECK(kept(made).starts_with("HTTP/1.1 500 "));
  CHECK(kept(made).find("Set-Cookie") == std::string::npos);
  CHECK(kept(made).find("secret") == std::string::npos);
  const int status = GENERATE(0, 99, 100, 101, 199, 600, -1);
  CHECK(kept({.status = status, .headers = {}, .body = {}}).starts_with("HTTP/1.1 500 "));
}

TEST_CASE("the responses have the headers that go with their status", "[RFC9112 §4]") {
  CHECK(has_line(kept(method_not_allowed("GET, HEAD")), "Allow: GET, HEAD"));
  CHECK(has_line(kept(service_unavailable(std::chrono::seconds{30})), "Retry-After: 30"));
  CHECK(has_line(kept(json("{}")), "Content-Type: application/json"));
  CHECK(kept(bad_request("a nick, please")).ends_with("\r\n\r\na nick, please"));
  CHECK(internal_server_error().status == 500);
  CHECK(plain_status(418).body == "Unknown");
}

TEST_CASE("refusals carry the header that belongs to their status", "[RFC9110 §15.5]") {
  const auto bytes = [](const response& made) {
    return made.serialize(body_policy::with_body, connection_policy::close);
  };
  const auto has = [](const std::string& text, const std::string& line) {
    return text.find("\r\n" + line + "\r\n") != std::string::npos;
  };
  const auto asked = bytes(unauthorized("Basic realm=\"x\""));
  CHECK(asked.starts_with("HTTP/1.1 401 Unauthorized\r\n"));
  CHECK(has(asked, "WWW-Authenticate: Basic realm=\"x\""));
  const auto limited = bytes(too_many_requests(std::chrono::seconds(30)));
  CHECK(limited.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
  CHECK(has(limited, "Retry-After: 30"));
  const auto moved = bytes(redirect("wss://example.org/"));
  CHECK(moved.starts_with("HTTP/1.1 307 Temporary Redirect\r\n"));
  CHECK(has(moved, "Location: wss://example.org/"));
  const auto refused = bytes(forbidden("not today"));
  CHECK(refused.starts_with("HTTP/1.1 403 Forbidden\r\n"));
  CHECK(refused.ends_with("\r\n\r\nnot today"));
  CHECK_THROWS_AS(redirect("/\r\nX: y"), std::invalid_argument);
  CHECK_THROWS_AS(unauthorized("a\nb"), std::invalid_argument);
}
