// Percent-encoding, RFC 3986 §2.1.

#include "websock/http/percent.hpp"

#include "tests/catch.hpp"

#include <string>

using namespace websock::http;

TEST_CASE("escapes are decoded, in both cases of digit", "[RFC3986 §2.1]") {
  CHECK(percent_decode("/a%20b%2Fc%2fd") == "/a b/c/d");
  CHECK(percent_decode("%e2%98%83") == "☃");
  CHECK(percent_decode("").value() == "");
  CHECK(percent_decode("%00") == std::string(1, '\0'));
  CHECK(percent_decode("%2541") == "%41");
}

TEST_CASE("a malformed escape gives nothing", "[RFC3986 §2.1]") {
  for (const char* bad : {"%", "%4", "a%4", "%4g", "%g4", "%%41", "% 41", "%-1"})
    CHECK_FALSE(percent_decode(bad));
}

TEST_CASE("a plus is a space in forms only", "[RFC3986 §2.1]") {
  CHECK(percent_decode("a+b") == "a+b");
  CHECK(form_decode("a+b%2B") == "a b+");
  CHECK_FALSE(form_decode("a+%"));
}

TEST_CASE("what is not unreserved is escaped", "[RFC3986 §2.3]") {
  CHECK(percent_encode("/run/a b.sock") == "%2Frun%2Fa%20b.sock");
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("\xE2\x98%") == "%E2%98%25");
  CHECK(percent_encode("").empty());
}
