// Base64.
#include "websock/channels/envelope/base64.hpp"

#include "tests/catch.hpp"

#include <string>
#include <utility>

using websock::channels::base64_decoded;
using websock::channels::base64_url;

// RFC 4648 §10.
TEST_CASE("octets there and back") {
  using pair = std::pair<std::string, std::string>;
  for (const auto& [octets, characters] :
       {pair{"", ""}, pair{"f", "Zg"}, pair{"fo", "Zm8"}, pair{"foo", "Zm9v"},
        pair{"foob", "Zm9vYg"}, pair{"fooba", "Zm9vYmE"}, pair{"foobar", "Zm9vYmFy"},
        pair{std::string("\xFB\xFF\xFE\0", 4), "-__-AA"}}) {
    CHECK(base64_url(octets) == characters);
    CHECK(base64_decoded(characters) == octets);
    CHECK(base64_decoded(characters + "==") == octets);
  }
  CHECK(base64_decoded("+//+AA==") == std::string("\xFB\xFF\xFE\0", 4));
}

TEST_CASE("what is no base64") {
  for (const auto* text : {"A", "AAAAA", "A A=", "A=AA", "\xC3\xA4", "{}", "AA\n"})
    CHECK_FALSE(base64_decoded(text));
}
