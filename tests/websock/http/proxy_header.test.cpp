// The PROXY protocol: each header is split at every position, and followed by other data.
#include "websock/http/proxy_header.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <string>
#include <string_view>
#include <vector>

using websock::http::parse_proxy_header;
using websock::http::proxy_header;
using websock::http::proxy_header_state;
using websock::testing::hex;

namespace {

constexpr std::size_t limit = 536;
const std::string mark = hex("0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A");

[[nodiscard]] bool is(proxy_header_state wanted, std::string_view bytes) {
  const auto parsed = parse_proxy_header(bytes, limit);
  const auto* state = std::get_if<proxy_header_state>(&parsed);
  return state != nullptr && *state == wanted;
}

/// A complete header; each beginning of it is incomplete, and what follows is left alone.
void check_header(const std::string& bytes, const std::string& source) {
  CAPTURE(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE(is(proxy_header_state::incomplete, std::string_view(bytes).substr(0, size)));
  for (const std::string& behind : {std::string(), std::string("GET / HTTP/1.1\r\n\r\n"),
                                    std::string("\0", 1), bytes}) {
    const auto parsed = parse_proxy_header(bytes + behind, limit);
    REQUIRE(std::holds_alternative<proxy_header>(parsed));
    CHECK(std::get<proxy_header>(parsed).size == bytes.size());
    CHECK(std::get<proxy_header>(parsed).source == source);
  }
}

[[nodiscard]] std::string v2(std::string_view command_and_family, std::string_view body) {
  const auto size = body.size();
  return mark + hex(command_and_family)
         + std::string{static_cast<char>(size >> 8U), static_cast<char>(size)}.append(
             body);
}

const std::string tcp4 = hex("C0 00 02 01 C6 33 64 02 C8 22 01 BB");
const std::string tcp6 = hex("20 01 0D B8 00 00 00 00 00 00 00 00 00 00 00 01"
                             "20 01 0D B8 00 00 00 00 00 00 00 00 00 00 00 02"
                             "C8 22 01 BB");

} // namespace

TEST_CASE("PROXY 1: lines that name a client", "[PROXY §2.1]") {
  check_header("PROXY TCP4 192.0.2.1 198.51.100.2 51234 443\r\n", "192.0.2.1:51234");
  check_header("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
               "255.255.255.255:65535");
  check_header("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0");
  check_header("PROXY TCP6 2001:DB8::0001 2001:db8::2 51234 443\r\n",
               "[2001:db8::1]:51234");
  check_header("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
               "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
               "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
  check_header("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1:1");
}

TEST_CASE("PROXY 1: UNKNOWN names nobody, whatever follows", "[PROXY §2.1]") {
  check_header("PROXY UNKNOWN\r\n", "");
  check_header("PROXY UNKNOWN some thing \x01 else\r\n", "");
  check_header("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
               "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
               ""); // the longest that may be: 107 bytes
}

TEST_CASE("PROXY 1: malformed lines", "[PROXY §2.1]") {
  for (const auto* line : {"PROXY \r\n",
                           "PROXY TCP4\r\n",
                           "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
                           "PROXY UNKNOWNS\r\n",
                           "PROXY unknown\r\n",
                           "PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n",
                           "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
                           "PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.256 1 2\r\n",
                           "PROXY TCP4 ::1 ::1 1 2\r\n",
                           "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
                           "PROXY TCP6 ::1%lo ::1 1 2\r\n",
                           "PROXY\tTCP4 1.2.3.4 1.2.3.4 1 2\r\n",
                           "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n\r\n",
                           "PROXY TCP4 1.2.3.4,1.2.3.4 1 2\r\n"}) {
    CAPTURE(line);
    CHECK(is(proxy_header_state::malformed, line));
  }
  CHECK(is(proxy_header_state::incomplete, "PROXY UNKNOWN " + std::string(92, 'x')));
  CHECK(is(proxy_header_state::malformed, "PROXY UNKNOWN " + std::string(93, 'x')));
  CHECK(is(proxy_header_state::malformed,
           "PROXY UNKNOWN " + std::string(92, 'x') + "\r\n"));
}

TEST_CASE("what begins like neither version is malformed at its first wrong byte") {
  for (const auto* start : {"G", "GET / HTTP/1.1", "p", "PROXZ", "PROXYT", "\r\r",
                            "\r\n\r\nQ", "\x16\x03\x01"}) {
    CAPTURE(start);
    CHECK(is(proxy_header_state::malformed, start));
  }
}

TEST_CASE("PROXY 2: headers that name a client", "[PROXY §2.2]") {
  check_header(v2("21 11", tcp4), "192.0.2.1:51234");
  check_header(v2("21 21", tcp6), "[2001:db8::1]:51234");
  check_header(v2("21 11", tcp4 + hex("04 00 01 00")), "192.0.2.1:51234"); // a TLV
  check_header(v2("21 11", tcp4 + std::string(limit - 16 - 12, 'x')), "192.0.2.1:51234");
}

TEST_CASE("PROXY 2: headers that name nobody that could be a peer", "[PROXY §2.2]") {
  check_header(v2("20 00", ""), "");   // LOCAL
  check_header(v2("20 11", tcp4), ""); // LOCAL: what it says must be ignored
  check_header(v2("20 FF", "any"), "");
  check_header(v2("21 00", ""), "");
  check_header(v2("21 00", "ignored"), "");
  check_header(v2("21 12", tcp4), "");
  check_header(v2("21 22", tcp6), "");
  check_header(v2("21 31", std::string(216, '/')), "");
  check_header(v2("21 32", std::string(216, '/')), "");
}

TEST_CASE("PROXY 2: malformed headers", "[PROXY §2.2]") {
  const std::vector<std::string> all{
      v2("11 11", tcp4),                               // version 1
      v2("31 11", tcp4),                               // version 3
      v2("22 11", tcp4),                               // no such command
      v2("2F 11", tcp4),                               // no such command
      v2("21 13", tcp4),                               // no such protocol
      v2("21 10", tcp4),                               // a family without a protocol
      v2("21 41", tcp4),                               // no such family
      v2("21 11", tcp4.substr(1)),                     // too short
      v2("21 21", tcp6.substr(1)),                     // too short
      v2("21 31", std::string(215, '/')),              // too short
      v2("21 11", ""),                                 // too short
      v2("21 11", tcp4 + std::string(limit - 27, 'x')) // longer than the limit
  };
  for (const auto& each : all) {
    CAPTURE(each.size());
    CHECK(is(proxy_header_state::malformed, each));
    CHECK(is(proxy_header_state::malformed, each.substr(0, 16))); // no need to wait
  }
}
