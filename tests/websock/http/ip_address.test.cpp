// Addresses as text.
#include "websock/http/ip_address.hpp"

#include "tests/catch.hpp"

#include <string>

using namespace websock::http;

namespace {

/// The canonical form, or nothing.
[[nodiscard]] std::string v6(std::string_view text) {
  const auto parsed = parse_ipv6(text);
  return parsed ? to_text(*parsed) : "";
}

} // namespace

TEST_CASE("IPv4 is four decimal numbers without leading zeros") {
  for (const auto* good : {"0.0.0.0", "127.0.0.1", "255.255.255.255", "1.20.200.3"}) {
    REQUIRE(parse_ipv4(good));
    CHECK(to_text(*parse_ipv4(good)) == good);
  }
  for (const auto* bad : {"", "1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.",
                          "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.0004", "1.2.3.-4",
                          "1.2.3.+4", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4", "a.b.c.d"})
    CHECK_FALSE(parse_ipv4(bad));
}

TEST_CASE("RFC 5952: one canonical form of IPv6") {
  CHECK(v6("::") == "::");
  CHECK(v6("::1") == "::1");
  CHECK(v6("1::") == "1::");
  CHECK(v6("2001:DB8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");
  CHECK(v6("2001:0db8::0001") == "2001:db8::1");
  CHECK(v6("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1"); // §4.2.2
  CHECK(v6("1:2:3:4:5:6:7::") == "1:2:3:4:5:6:7:0");
  CHECK(v6("0:0:1:0:0:0:1:0") == "0:0:1::1:0");
  CHECK(v6("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
        == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  CHECK(v6("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(v6("::FFFF:C000:0201") == "192.0.2.1");
  CHECK(v6("64:ff9b::192.0.2.1") == "64:ff9b::c000:201");
  CHECK(v6("1:2:3:4:5:6:1.2.3.4") == "1:2:3:4:5:6:102:304");
}

TEST_CASE("what is no IPv6 address is refused") {
  for (const auto* bad : {"",
                          ":",
                          ":::",
                          "1",
                          "1:2:3:4:5:6:7",
                          "1:2:3:4:5:6:7:8:9",
                          "1:2:3:4:5:6:7:8::",
                          "::1:2:3:4:5:6:7:8",
                          "1::2::3",
                          "1:",
                          ":1",
                          "1:2:3:4:5:6:7:",
                          "12345::",
                          "g::",
                          "::1.2.3",
                          "1.2.3.4::",
                          "::1.2.3.4:1",
                          "1:2:3:4:5:6:7:1.2.3.4",
                          "::%1",
                          " ::1",
                          "[::1]",
                          "-1::"})
    CHECK(v6(bad).empty());
}

TEST_CASE("with a port, IPv6 stands in brackets") {
  CHECK(to_text(ipv4_octets{127, 0, 0, 1}, 80) == "127.0.0.1:80");
  CHECK(to_text(*parse_ipv6("::1"), 65'535) == "[::1]:65535");
  CHECK(to_text(*parse_ipv6("::ffff:127.0.0.1"), 0) == "127.0.0.1:0");
}
