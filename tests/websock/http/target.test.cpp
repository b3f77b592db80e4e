// The request target, RFC 9112 §3.2.

#include "websock/http/target.hpp"

#include "tests/catch.hpp"

#include <string>

using namespace websock::http;

namespace {

// "path|query", or "-" if there is none.
std::string split(std::string_view target) {
  const auto parts = split_target(target);
  return parts ? std::string{parts->path} + '|' + std::string{parts->query} : "-";
}

} // namespace

TEST_CASE("origin-form is split at the first question mark", "[RFC9112 §3.2]") {
  CHECK(split("/") == "/|");
  CHECK(split("/chat/a%2Fb?x=1&y=?") == "/chat/a%2Fb|x=1&y=?");
  CHECK(split("/?") == "/|");
  CHECK(split("//host/path") == "//host/path|");
}

TEST_CASE("absolute-form counts from the end of the host", "[RFC9112 §3.2]") {
  CHECK(split("http://example.com/chat?x") == "/chat|x");
  CHECK(split("HTTPS://example.com:8443/a") == "/a|");
  CHECK(split("http://example.com") == "/|");
  CHECK(split("http://example.com?x") == "/|x");
}

TEST_CASE("a target without a path or with bad characters is refused", "[RFC9112 §3.2]") {
  for (const char* bad : {"", "*", "example.com:443", "chat", "http://", "http:///a",
                          "ftp://h/a", "http://u@h/a", "http://u:p@h", "/a#b", "/a b",
                          "/\x7F", "/\xC3\xA9", "/%", "/%zz", "/%00"})
    CHECK(split(bad) == "-");
}

TEST_CASE("a malformed escape in the query does not refuse the request",
          "[RFC9112 §3.2]") {
  CHECK(split("/?q=100%") == "/|q=100%");
}
