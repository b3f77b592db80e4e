// Redirect targets, RFC 9110 §10.2.2 and RFC 3986 §5.
#include "websock/http/redirect.hpp"

#include "tests/catch.hpp"

#include <string>
#include <string_view>
#include <variant>

using namespace websock::http;

namespace {

[[nodiscard]] std::string led(std::string_view location,
                              std::string_view from = "ws://h:81/a/b/c?q") {
  const auto to = redirected(std::get<url>(parse_url(from)), location);
  const auto* bad = std::get_if<bad_url>(&to);
  return bad != nullptr ? std::string(bad->why) : to_string(std::get<url>(to));
}

} // namespace

TEST_CASE("a redirect leads to a URL, a host or a path", "[rfc3986-5.2]") {
  CHECK(led("ws://other/x?y") == "ws://other/x?y");
  CHECK(led("wss://other") == "wss://other/");
  CHECK(led("//other:82/x") == "ws://other:82/x");
  CHECK(led("/x?y") == "ws://h:81/x?y");
  CHECK(led("x") == "ws://h:81/a/b/x");
  CHECK(led("./x") == "ws://h:81/a/b/x");
  CHECK(led("../x") == "ws://h:81/a/x");
  CHECK(led("../../../../x") == "ws://h:81/x");
  CHECK(led("..") == "ws://h:81/a/");
  CHECK(led(".") == "ws://h:81/a/b/");
  CHECK(led("/x/./y/../z") == "ws://h:81/x/z");
  CHECK(led("x:y/z") == "its scheme is none of ws, wss, http and https");
  CHECK(led("./x:y") == "ws://h:81/a/b/x:y");
  CHECK(led("?y=..") == "ws://h:81/a/b/c?y=..");
  CHECK(led("x?y/../z") == "ws://h:81/a/b/x?y/../z");
  CHECK(led("") == "ws://h:81/a/b/c?q");
  CHECK(led("x", "ws://[fe80::1%25lo]/") == "ws://[fe80::1%25lo]/x");
}

TEST_CASE("http and https stand for ws and wss", "[rfc6455-4.1]") {
  CHECK(led("http://other/x") == "ws://other/x");
  CHECK(led("HTTPS://other/x") == "wss://other/x");
  CHECK(led("https://other:80/") == "wss://other:80/");
}

TEST_CASE("a redirect never leads from wss to ws") {
  CHECK(led("ws://h/x", "wss://h/") == "it leads from wss to ws");
  CHECK(led("http://h/x", "wss://h/") == "it leads from wss to ws");
  CHECK(led("//h/x", "wss://h/") == "wss://h/x");
  CHECK(led("/x", "wss://h/") == "wss://h/x");
}

TEST_CASE("what a redirect has behind # is for pages", "[rfc9110-10.2.2]") {
  CHECK(led("/x#y") == "ws://h:81/x");
  CHECK(led("#y") == "ws://h:81/a/b/c?q");
}

TEST_CASE("a redirect to what is no such URL leads nowhere") {
  CHECK(led("ftp://other/") == "its scheme is none of ws, wss, http and https");
  CHECK(led("javascript:x") == "its scheme is none of ws, wss, http and https");
  CHECK(led("http:x").starts_with("it begins with neither"));
  CHECK(led("http://user:secret@other/").starts_with("RFC 3986 §3.2.1"));
  CHECK(led("///x") == "it has no host");
  CHECK(led("/a b").starts_with("its path or query"));
  CHECK(led("/%").starts_with("its path or query"));
  CHECK(led("\\x").starts_with("ws://h:81/a/b/"));
}

TEST_CASE("five statuses are redirects", "[rfc9110-15.4]") {
  std::string found;
  for (int status = 100; status < 600; ++status)
    if (is_redirect(status))
      found += std::to_string(status) + ' ';
  CHECK(found == "301 302 303 307 308 ");
}
