// How untrusted text appears in the log.
#include "websock/runtime/log/visible.hpp"

#include "tests/catch.hpp"

#include <string>
#include <string_view>

namespace runtime = websock::runtime;

using runtime::visible;

TEST_CASE("text that is fit to be shown stays as it is") {
  CHECK(visible("").empty());
  CHECK(visible("plain, caf\xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80")
        == "plain, caf\xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80");
}

TEST_CASE("control characters of ASCII and of Unicode are written out") {
  CHECK(visible("a\nb\r\t\x1b[2J\x7F") == "a\\x0ab\\x0d\\x09\\x1b[2J\\x7f");
  CHECK(visible(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(visible("\xC2\x9B"
                "31m")
        == "\\u{9b}31m"); // CSI as one character
  CHECK(visible("\xE2\x80\xA8\xE2\x80\xA9") == "\\u{2028}\\u{2029}");
}

TEST_CASE("characters that turn text around, or that nobody sees, are written out") {
  CHECK(visible("\xE2\x80\xAEgnp.exe") == "\\u{202e}gnp.exe");
  CHECK(visible("\xE2\x81\xA6\xE2\x81\xA9\xD8\x9C\xE2\x80\x8F")
        == "\\u{2066}\\u{2069}\\u{61c}\\u{200f}");
  CHECK(visible("a\xE2\x80\x8B"
                "b\xC2\xAD"
                "c\xEF\xBB\xBF")
        == "a\\u{200b}b\\u{ad}c\\u{feff}");
  CHECK(visible("\xF3\xA0\x81\x81") == "\\u{e0041}"); // a tag
}

TEST_CASE("an octet that belongs to no character is written out") {
  CHECK(visible("\xFF\xC3") == "\\xff\\xc3");
  CHECK(visible("\xC0\xAF") == "\\xc0\\xaf");                   // overlong
  CHECK(visible("\xE0\x80\xAF") == "\\xe0\\x80\\xaf");          // overlong
  CHECK(visible("\xED\xA0\x80") == "\\xed\\xa0\\x80");          // a surrogate
  CHECK(visible("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80"); // beyond the last
  CHECK(visible("\xE2\x82z") == "\\xe2\\x82z");
}

TEST_CASE("a backslash is doubled: nobody can write what looks written out") {
  CHECK(visible("\\x0a") == "\\\\x0a");
}

TEST_CASE("text beyond a limit is counted, and no character is cut in two") {
  CHECK(visible("abcdef", 4) == "abcd... (2 octets more)");
  CHECK(visible("abc\xE2\x82\xAC", 4) == "abc... (3 octets more)");
  CHECK(visible("ab\n\n", 6) == "ab\\x0a... (1 octets more)");
  CHECK(visible("abcd", 4) == "abcd");
}
