// Requests from another server's parser, with our own checks.
#include "websock/http/make_request.hpp"

#include "tests/catch.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace websock::http;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

const headers host{{"Host", "example.org"}};

int status_of(const made_request& made) {
  const auto* refused = std::get_if<response>(&made);
  return refused == nullptr ? 200 : refused->status;
}

} // namespace

TEST_CASE("a request is made of its parts") {
  const auto made = make_request(
      "GET", "/a%20b?x=1",
      headers{{"Host", "example.org"}, {"X", " padded "}, {"X", "again"}, {"Empty", ""}});
  const auto& subject = std::get<request>(made);
  CHECK(subject.method() == "GET");
  CHECK(subject.target() == "/a%20b?x=1");
  CHECK(subject.path() == "/a b");
  CHECK(subject.query("x") == "1");
  CHECK(subject.header("host") == "example.org");
  CHECK(subject.header_values("X") == std::vector<std::string_view>{"padded", "again"});
  CHECK(subject.header("Empty") == "");
  CHECK(subject.version_minor() == 1);
}

TEST_CASE("no part can break out of its place") {
  CHECK(status_of(make_request("GET", "/ HTTP/1.1\r\nX: y", host)) == 400);
  CHECK(status_of(make_request("GET", "/\n", host)) == 400);
  CHECK(status_of(make_request("GET", "/ /", host)) == 400);
  CHECK(status_of(make_request("GET", "", host)) == 400);
  CHECK(status_of(make_request("GET /", "/", host)) == 400);
  CHECK(status_of(make_request("", "/", host)) == 400);
  CHECK(status_of(make_request("GET", "/", headers{{"Host", "a"}, {"X", "a\r\nY: b"}}))
        == 400);
  CHECK(status_of(make_request("GET", "/", headers{{"Host", "a"}, {"X: y\r\nZ", ""}}))
        == 400);
  CHECK(status_of(make_request("GET", "/", headers{{"Host", "a"}, {"", "x"}})) == 400);
}

TEST_CASE("parts that together are no request are refused as from the wire") {
  CHECK(status_of(make_request("GET", "/", headers{})) == 400); // no Host
  CHECK(status_of(make_request("GET", "/", headers{{"Host", "a"}, {"Host", "a"}}))
        == 400);
  CHECK(status_of(make_request("GET", "nowhere", host)) == 400);
}

TEST_CASE("a request of any size is made: its limits were those of the other server") {
  headers many = host;
  for (int i = 0; i < 500; ++i)
    many.emplace_back("X-" + std::to_string(i), std::string(1'000, 'x'));
  CHECK(status_of(make_request("GET", "/" + std::string(50'000, 'x'), many)) == 200);
}

TEST_CASE("a request is made of the bytes of its head, of no more and no less") {
  const std::string head = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(std::get<request>(make_request(head)).path() == "/x");
  CHECK(status_of(make_request("")) == 400);
  CHECK(status_of(make_request(head + "x")) == 400);
  for (std::size_t size = 1; size < head.size(); ++size)
    CHECK(status_of(make_request(std::string_view(head).substr(0, size))) == 400);
  CHECK(status_of(make_request("GET / HTTP/2.0\r\n\r\n")) == 505);
}
