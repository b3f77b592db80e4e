// RFC 6455 §3: ws and wss URLs.
#include "websock/http/url.hpp"

#include "tests/catch.hpp"

#include <string>
#include <string_view>

using websock::http::parse_url;

namespace {

/// "host port target", with "wss " before it when it is secure; or "no".
[[nodiscard]] std::string parts_of(std::string_view text) {
  const auto found = parse_url(text);
  if (!found)
    return "no";
  return (found->is_secure ? "wss " : "") + found->host + ' '
         + std::to_string(found->port) + ' ' + found->target;
}

} // namespace

TEST_CASE("a URL has a host, a port that the scheme may say, and a target",
          "[rfc6455-3]") {
  CHECK(parts_of("ws://example.org") == "example.org 80 /");
  CHECK(parts_of("wss://example.org") == "wss example.org 443 /");
  CHECK(parts_of("WSS://Example.org/") == "wss Example.org 443 /");
  CHECK(parts_of("ws://example.org:8080/chat") == "example.org 8080 /chat");
  CHECK(parts_of("ws://example.org:/chat") == "example.org 80 /chat");
  CHECK(parts_of("ws://example.org?a=b/c") == "example.org 80 /?a=b/c");
  CHECK(parts_of("ws://h/a%20b?q=%C3%A9&r") == "h 80 /a%20b?q=%C3%A9&r");
  CHECK(parts_of("ws://127.0.0.1:65535/x") == "127.0.0.1 65535 /x");
  CHECK(parts_of("ws://[::1]:9001/x") == "::1 9001 /x");
  CHECK(parts_of("ws://[2001:db8::ff]") == "2001:db8::ff 80 /");
  CHECK(parts_of("ws://[::ffff:1.2.3.4]/") == "::ffff:1.2.3.4 80 /");
}

TEST_CASE("what is no such URL is nothing", "[rfc6455-3]") {
  for (const auto* text : {"",
                           "ws:",
                           "ws://",
                           "ws:///x",
                           "http://h/",
                           "wsx://h/",
                           "//h/",
                           "h/",
                           "ws:/h/",
                           "ws://h:0/",
                           "ws://h:65536/",
                           "ws://h:-1/",
                           "ws://h:8x/",
                           "ws://h:80:80/",
                           "ws://[::1/",
                           "ws://[]/",
                           "ws://[::1]x/",
                           "ws://[h]/",
                           "ws://::1/",
                           "ws://a b/",
                           "ws://h\r\n/",
                           "ws://h/a b",
                           "ws://h/\r\nX: y",
                           "ws://h/%zz",
                           "ws://h%41/"}) {
    INFO(text);
    CHECK(parts_of(text) == "no");
  }
  CHECK(parts_of("ws://" + std::string(254, 'a') + "/") == "no");
}

TEST_CASE("a fragment, a user and a password are refused", "[rfc6455-3]") {
  CHECK(parts_of("ws://h/x#y") == "no");
  CHECK(parts_of("ws://h#y") == "no");
  CHECK(parts_of("ws://h/x#") == "no");
  CHECK(parts_of("ws://user:secret@h/") == "no");
  CHECK(parts_of("ws://user@h/") == "no");
}

TEST_CASE("Host has the port unless it is the scheme's own") {
  CHECK(parse_url("ws://h/")->authority() == "h");
  CHECK(parse_url("ws://h:80/")->authority() == "h");
  CHECK(parse_url("ws://h:443/")->authority() == "h:443");
  CHECK(parse_url("wss://h:443/")->authority() == "h");
  CHECK(parse_url("wss://[::1]:80/")->authority() == "[::1]:80");
}
