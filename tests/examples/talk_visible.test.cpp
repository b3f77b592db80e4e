// How talk prints text from its peer.
#include "examples/talk/visible.hpp"
#include "tests/catch.hpp"

#include <string>

using talk::visible;

TEST_CASE("text is shown as it is, whatever its language") {
  CHECK(visible("plain\ttext") == "plain\ttext");
  CHECK(visible("Gr\xC3\xBC\xC3\x9F"
                "e \xE4\xB8\xAD\xF0\x9F\x98\x80")
        == "Gr\xC3\xBC\xC3\x9F"
           "e \xE4\xB8\xAD\xF0\x9F\x98\x80");
  CHECK(visible("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80") // joined
        == "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80");
  CHECK(visible("").empty());
}

TEST_CASE("characters that speak to the terminal are shown, not obeyed") {
  CHECK(visible("\x1B[2J\x1B]0;x\x07") == "\\x1b[2J\\x1b]0;x\\x07");
  CHECK(visible("one\r\ntwo") == "one\\x0d\\x0atwo");
  CHECK(visible(std::string("a\0b", 3)) == "a\\x00b");
  CHECK(visible("\x7F\xC2\x9B"
                "31m")
        == "\\x7f\\u{9b}31m"); // CSI in one character
}

TEST_CASE("characters that turn text around or hide are shown") {
  CHECK(visible("a\xE2\x80\xAE"
                "b\xE2\x81\xA6")
        == "a\\u{202e}b\\u{2066}");
  CHECK(visible("a\xE2\x80\x8B\xEF\xBB\xBF"
                "b")
        == "a\\u{200b}\\u{feff}b");
  CHECK(visible("\xE2\x80\xA8") == "\\u{2028}");
}

TEST_CASE("octets of no character are shown one by one") {
  CHECK(visible("a\xFF\xC3") == "a\\xff\\xc3");
  CHECK(visible("\xE2\x80"
                "b")
        == "\\xe2\\x80b");
  CHECK(visible("\xC0\x80") == "\\xc0\\x80");
}
