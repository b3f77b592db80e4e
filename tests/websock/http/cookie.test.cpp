// Cookies, read and written. RFC 6265.
#include "websock/http/cookie.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

using namespace websock::http;
using namespace std::chrono_literals;
using websock::testing::request_of;

namespace {

// What is wrong with it; empty if nothing is.
std::string refusal_of(const cookie& what) {
  try {
    static_cast<void>(set_cookie(what));
    return {};
  } catch (const std::invalid_argument& why) {
    return why.what();
  }
}

} // namespace

TEST_CASE("a cookie is found by its name, octets as they are", "[RFC6265 §5.4]") {
  CHECK(find_cookie("a=1; b=2", "a") == "1");
  CHECK(find_cookie("a=1; b=2", "b") == "2");
  CHECK(find_cookie("a=1;b=2 ; c=x=y%20z", "b") == "2");
  CHECK(find_cookie("a=1;b=2 ; c=x=y%20z", "c") == "x=y%20z");
  CHECK(find_cookie("a=\"1, 2\"", "a") == "\"1, 2\"");
  CHECK(find_cookie("a=\xFF\xC3", "a") == "\xFF\xC3");
  CHECK(find_cookie("a=", "a") == "");
  CHECK_FALSE(find_cookie("a=1", "A"));
  CHECK_FALSE(find_cookie("xa=1", "a"));
  CHECK_FALSE(find_cookie("x=a=1", "a"));
  CHECK_FALSE(find_cookie("a; ;;=; b", "b"));
  CHECK_FALSE(find_cookie("", "a"));
}

TEST_CASE("of several cookies of a name the first counts, in one header or in two",
          "[RFC6265 §5.4]") {
  CHECK(find_cookie("a=deep; a=shallow", "a") == "deep");
  const auto made = request_of(
      "GET / HTTP/1.1\r\nHost: h\r\ncookie: x=0; a=1\r\nCookie: a=2; b=3\r\n\r\n");
  CHECK(made.cookie("a") == "1");
  CHECK(made.cookie("b") == "3");
  CHECK_FALSE(made.cookie("c"));
}

TEST_CASE("a cookie is set for the whole site and not for scripts, unless told",
          "[RFC6265 §4.1]") {
  CHECK(set_cookie({.name = "sid", .value = "x1"}) == "sid=x1; Path=/; HttpOnly");
  CHECK(set_cookie({.name = "sid",
                    .value = "",
                    .path = "/a",
                    .domain = "example.org",
                    .max_age = 0s,
                    .secure = true,
                    .http_only = false,
                    .same_site = same_site::lax})
        == "sid=; Path=/a; Domain=example.org; Max-Age=0; Secure; SameSite=Lax");
  CHECK(set_cookie({.name = "a",
                    .value = "b",
                    .path = "",
                    .max_age = 2h,
                    .same_site = same_site::strict})
        == "a=b; Max-Age=7200; HttpOnly; SameSite=Strict");
  CHECK(set_cookie(
            {.name = "a", .value = "b", .secure = true, .same_site = same_site::none})
        == "a=b; Path=/; Secure; HttpOnly; SameSite=None");
}

TEST_CASE("what would break a cookie or its header is refused, with the member's name",
          "[RFC6265 §4.1.1]") {
  for (const auto* name : {"", "a b", "a=b", "a;", "a\r\n", "\xC3\xA9"})
    CHECK(refusal_of({.name = name, .value = "v"}).starts_with("cookie.name"));
  for (const auto* value :
       {"a b", "a;b", "a,b", "\"a\"", "a\\", "a\r\nSet-Cookie: b=c", "\xC3\xA9", "\x7F"})
    CHECK(refusal_of({.name = "a", .value = value}).starts_with("cookie.value"));
  for (const auto* path : {"/;", "/\r\n", "/\xC3\xA9", "a"})
    CHECK(
        refusal_of({.name = "a", .value = "b", .path = path}).starts_with("cookie.path"));
  CHECK(refusal_of({.name = "a", .value = "b", .domain = "a;Secure"})
            .starts_with("cookie.domain"));
  CHECK(refusal_of({.name = "a", .value = "b", .max_age = -1s})
            .starts_with("cookie.max_age"));
}

TEST_CASE("a cookie that browsers would drop is refused", "[RFC6265bis §5.7]") {
  CHECK(refusal_of({.name = "a", .value = "b", .same_site = same_site::none})
            .starts_with("cookie.secure"));
  CHECK(refusal_of({.name = "__Secure-a", .value = "b"}).starts_with("cookie.secure"));
  CHECK(refusal_of({.name = "__Host-a", .value = "b"}).starts_with("cookie.secure"));
  CHECK(refusal_of({.name = "__Host-a", .value = "b", .path = "/a", .secure = true})
            .starts_with("cookie.path"));
  CHECK(refusal_of({.name = "__Host-a", .value = "b", .domain = "c", .secure = true})
            .starts_with("cookie.domain"));
  CHECK(refusal_of({.name = "__Host-a", .value = "b", .secure = true}).empty());
  CHECK(refusal_of({.name = "__Secure-a", .value = "b", .path = "/a", .secure = true})
            .empty());
}
