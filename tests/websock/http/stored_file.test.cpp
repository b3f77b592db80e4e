// Static files and conditional requests, RFC 9110 §13.
#include "websock/http/stored_file.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <stdexcept>
#include <string>

using namespace websock::http;
using websock::testing::request_of;

namespace {

constexpr asset page{"/page.html", "text/html", "<p>page</p>", 784'111'777};
constexpr auto modified = "Sun, 06 Nov 1994 08:49:37 GMT";

[[nodiscard]] response ask(const stored_file& file, const std::string& headers = {}) {
  return file.answer(request_of("GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n"));
}

[[nodiscard]] std::string header_of(const response& from, const std::string& name) {
  for (const auto& [each, value] : from.headers)
    if (each == name)
      return value;
  return "none";
}

} // namespace

TEST_CASE("a file comes with what tells one version of it from another",
          "[RFC9110 §8.8]") {
  const stored_file subject(page, {{"X-Extra", "yes"}});
  const auto whole = ask(subject);
  CHECK(whole.status == 200);
  CHECK(whole.body == "<p>page</p>");
  CHECK(header_of(whole, "Content-Type") == "text/html");
  CHECK(header_of(whole, "ETag") == etag_of(page.body));
  CHECK(header_of(whole, "Last-Modified") == modified);
  CHECK(header_of(whole, "Cache-Control") == "no-cache");
  CHECK(header_of(whole, "X-Extra") == "yes");
}

TEST_CASE(
    "what the application says about caching is left as it is, an unknown time out") {
  const stored_file subject({"/a", "text/css", "a"}, {{"cache-control", "max-age=9"}});
  const auto whole = ask(subject);
  CHECK(header_of(whole, "cache-control") == "max-age=9");
  CHECK(header_of(whole, "Cache-Control") == "none");
  CHECK(header_of(whole, "Last-Modified") == "none");
  CHECK(ask(subject, "If-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT\r\n").status
        == 200);
  CHECK_THROWS_AS(stored_file(page, {{"X", "a\r\nb"}}), std::invalid_argument);
}

TEST_CASE("entity tags differ with the content") {
  CHECK(etag_of("a") == etag_of("a"));
  CHECK(etag_of("a") != etag_of("b"));
  CHECK(etag_of("") == "\"cbf29ce484222325-0\"");
}

TEST_CASE("who has the file gets 304, with what a 200 would say of caching",
          "[RFC9110 §15.4.5]") {
  const stored_file subject(page, {{"X-Extra", "yes"}});
  const auto known = ask(subject, "If-None-Match: " + etag_of(page.body) + "\r\n");
  CHECK(known.status == 304);
  CHECK(known.body.empty());
  CHECK(header_of(known, "ETag") == etag_of(page.body));
  CHECK(header_of(known, "Last-Modified") == modified);
  CHECK(header_of(known, "Cache-Control") == "no-cache");
  CHECK(header_of(known, "X-Extra") == "yes");
  CHECK(header_of(known, "Content-Type") == "none");
}

TEST_CASE("conditions are judged in the order of the RFC", "[RFC9110 §13.2.2]") {
  const stored_file subject(page, {});
  const std::string tag = etag_of(page.body);
  const std::string same = modified;
  const std::string before = "Sun, 06 Nov 1994 08:49:36 GMT";
  const std::string after = "Sun, 06 Nov 1994 08:49:38 GMT";
  struct row {
    std::string headers;
    int status;
  };
  const row rows[] = {
      {"If-None-Match: \"x\"\r\n", 200},
      {"If-None-Match: *\r\n", 304},
      {"If-None-Match: W/" + tag + "\r\n", 304},
      {"If-None-Match: \"x\", \"a,b\",, " + tag + "\r\n", 304},
      {"If-None-Match: \"x\\\", " + tag + "\r\n", 304}, // no escape: RFC 9110 §8.8.3
      {"If-None-Match: \"x\"\r\nIf-None-Match: " + tag + "\r\n", 304},
      {"If-None-Match: " + tag.substr(1) + "\r\n", 200},
      {"If-None-Match: \"x\r\n", 200},
      {"If-None-Match:\r\n", 200},
      {"If-None-Match: w/" + tag + "\r\n", 200},
      {"If-Modified-Since: " + same + "\r\n", 304},
      {"If-Modified-Since: " + after + "\r\n", 304},
      {"If-Modified-Since: " + before + "\r\n", 200},
      {"If-Modified-Since: today\r\n", 200},
      {"If-Modified-Since: " + same + "\r\nIf-Modified-Since: " + same + "\r\n", 200},
      // the tag decides where both are
      {"If-None-Match: \"x\"\r\nIf-Modified-Since: " + after + "\r\n", 200},
      {"If-Match: " + tag + "\r\n", 200},
      {"If-Match: *\r\n", 200},
      {"If-Match: \"x\"\r\n", 412},
      {"If-Match: W/" + tag + "\r\n", 412},
      {"If-Match: \"x\"\r\nIf-None-Match: " + tag + "\r\n", 412},
      {"If-Unmodified-Since: " + before + "\r\n", 412},
      {"If-Unmodified-Since: " + same + "\r\n", 200},
      {"If-Unmodified-Since: nonsense\r\n", 200},
      {"If-Match: " + tag + "\r\nIf-Unmodified-Since: " + before + "\r\n", 200},
  };
  for (const auto& each : rows) {
    CAPTURE(each.headers);
    CHECK(ask(subject, each.headers).status == each.status);
  }
}
