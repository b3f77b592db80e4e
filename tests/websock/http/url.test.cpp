// RFC 6455 §3: ws and wss URLs.
#include "websock/http/url.hpp"

#include "tests/catch.hpp"

#include <string>
#include <string_view>
#include <variant>

using namespace websock::http;

namespace {

/// "host port target", with "wss " before it when it is secure, and with the zone; or why
/// not.
[[nodiscard]] std::string parts_of(std::string_view text) {
  const auto parsed = parse_url(text);
  if (const auto* bad = std::get_if<bad_url>(&parsed))
    return std::string(bad->why);
  const auto& found = std::get<url>(parsed);
  return (found.is_secure ? "wss " : "") + found.dialed_host() + ' '
         + std::to_string(found.port) + ' ' + found.target;
}

[[nodiscard]] url read(std::string_view text) {
  return std::get<url>(parse_url(text));
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

TEST_CASE("what is no such URL is refused for the reason that is true", "[rfc6455-3]") {
  const auto refuses = [](const std::string& text, std::string_view why) {
    INFO(text);
    CHECK(parts_of(text).find(why) != std::string::npos);
  };
  for (const auto* text : {"", "ws:", "//h/", "h/", "ws:/h/"})
    refuses(text, "it begins with neither ws:// nor wss://");
  for (const auto* text : {"http://h/", "wsx://h/", "https://h", "://h/"})
    refuses(text, "its scheme is neither ws nor wss");
  for (const auto* text : {"ws://", "ws:///x", "ws://:80/", "ws://?x", "wss://#"})
    refuses(text, "it has no host");
  for (const auto* text : {"ws://a b/", "ws://h\r\n/", "ws://h%41/", "ws://b\xC3\xBC.de/",
                           "ws://h\\x/", "ws://h%25eth0/"})
    refuses(text, "its host has a character that is in no name");
  refuses("ws://" + std::string(254, 'a') + "/", "its host is longer than 253 octets");
  for (const auto* text : {"ws://h:0/", "ws://h:65536/", "ws://h:-1/", "ws://h:8x/",
                           "ws://h:80:80/", "ws://[::1]x/", "ws://[::1]80/"})
    refuses(text, "its port is no number from 1 to 65535");
  refuses("ws://::1/", "it has no host");
  refuses("ws://[::1/", "its host has a [ without a ]");
  for (const auto* text : {"ws://[]/", "ws://[h]/", "ws://[1.2.3.4]/", "ws://[::1::]/",
                           "ws://[v1.x]/", "ws://[12345::]/"})
    refuses(text, "its host in brackets is no address of IPv6");
  for (const auto* text : {"ws://h/a b", "ws://h/\r\nX: y", "ws://h/%zz", "ws://h/%00"})
    refuses(text, "its path or query has a character or an escape");
  for (const auto* text : {"ws://h/x#y", "ws://h#y", "ws://h/x#"})
    refuses(text, "RFC 6455 §3: it has a fragment (#)");
  for (const auto* text : {"ws://user:secret@h/", "ws://user@h/", "ws://@h/"})
    refuses(text, "RFC 3986 §3.2.1: it has a user or a password");
}

TEST_CASE("the zone of an address is dialled, and never sent", "[rfc6874]") {
  CHECK(parts_of("ws://[fe80::1%25eth0]:81/x") == "fe80::1%eth0 81 /x");
  CHECK(parts_of("ws://[fe80::1%25br%2D0]/") == "fe80::1%br-0 80 /");
  CHECK(read("ws://[fe80::1%25eth0]:81/x").authority() == "[fe80::1]:81");
  CHECK(read("ws://[fe80::1%25eth0]/x").host == "fe80::1"); // whom a certificate is for
  CHECK(to_string(read("ws://[fe80::1%25br%2D0]:81/x")) == "ws://[fe80::1%25br-0]:81/x");
  for (const auto* text :
       {"ws://[fe80::1%eth0]/", "ws://[fe80::1%25]/", "ws://[fe80::1%25a%2Fb]/",
        "ws://[fe80::1%25%00]/", "ws://[fe80::1%25%zz]/", "ws://[fe80::1%25a%25b]/"}) {
    INFO(text);
    CHECK(parts_of(text) == "RFC 6874: its zone is not %25 and the name of an interface");
  }
}

TEST_CASE("Host has the port unless it is the scheme's own") {
  CHECK(read("ws://h/").authority() == "h");
  CHECK(read("ws://h:80/").authority() == "h");
  CHECK(read("ws://h:443/").authority() == "h:443");
  CHECK(read("wss://h:443/").authority() == "h");
  CHECK(read("wss://[::1]:80/").authority() == "[::1]:80");
}

TEST_CASE("two URLs have one origin when scheme, host and port are the same",
          "[rfc6454-4]") {
  const auto same = [](std::string_view a, std::string_view b) {
    return is_same_origin(read(a), read(b));
  };
  CHECK(same("ws://h/a", "ws://H:80/b?c"));
  CHECK_FALSE(same("ws://h/", "wss://h/"));
  CHECK_FALSE(same("ws://h/", "wss://h:80/"));
  CHECK_FALSE(same("ws://h/", "ws://h:81/"));
  CHECK_FALSE(same("ws://h/", "ws://h.example/"));
}

TEST_CASE("what is shown of a URL has no password and no query") {
  CHECK(without_secrets("ws://h:80/path/x") == "ws://h:80/path/x");
  CHECK(without_secrets("ws://user:secret@h/x") == "ws://...@h/x");
  CHECK(without_secrets("ws://user:sec@ret@h/x") == "ws://...@h/x");
  CHECK(without_secrets("ws://user:se/cr?et#@h/x") == "ws://...@h/x");
  CHECK(without_secrets("user:secret@h") == "...@h");
  CHECK(without_secrets("user:sec://ret@h") == "...@h");
  CHECK(without_secrets("ws:user:secret@h") == "...@h");
  CHECK(without_secrets("ws://h/x?token=secret") == "ws://h/x...");
  CHECK(without_secrets("ws://h/x?mail=a@b&token=secret") == "ws://...@b...");
  CHECK(without_secrets("ws://h/x#secret") == "ws://h/x...");
  CHECK(without_secrets("ws://h/a\r\nb\x1B[1m") == "ws://h/a...");
  CHECK(without_secrets("ws://" + std::string(1'000, 'a')).size() < 250);
}
