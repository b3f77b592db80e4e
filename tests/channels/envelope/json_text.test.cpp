// A scanner that accepts what a parser accepts.

#include "websock/channels/envelope/json_text.hpp"

#include "websock/channels/envelope/json.hpp"

#include "tests/catch.hpp"

#include <random>
#include <string>
#include <string_view>

using websock::json;
using websock::channels::json_cursor;

namespace {

bool is_accepted(std::string_view text) {
  json_cursor cursor(text);
  return cursor.take_value() && cursor.is_at_end();
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

// Pieces of JSON in a random order; now and then that is JSON.
std::string random_text(std::mt19937_64& random) {
  constexpr std::string_view pieces[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "\"a\"",
                                         "\"\"",
                                         "1",
                                         "-",
                                         "0",
                                         ".5",
                                         "e3",
                                         "E-2",
                                         " ",
                                         "\n",
                                         "true",
                                         "false",
                                         "nul",
                                         "null",
                                         "\"\\n\"",
                                         "\"\\u00e4\"",
                                         "\"\\ud83d\\ude00\"",
                                         "\"\\ud800\"",
                                         "\"\\x\"",
                                         "{\"a\":",
                                         "[1,",
                                         "[]",
                                         "{}",
                                         "\"\x01\"",
                                         "1e400",
                                         "01"};
  std::string text;
  const auto count = 1 + random() % 8;
  for (std::size_t i = 0; i < count; ++i)
    text += pieces[random() % std::size(pieces)];
  return text;
}

} // namespace

TEST_CASE("what RFC 8259 calls a value is taken") {
  for (const auto* text :
       {"0", "-0", "-0.0", "1.5e3", "1E+2", "1e-400", "12345678901234567890",
        R"("\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00 ä")", "true", "false", "null", "[]", "{}",
        "[ ]", "{ }", R"({"a":{"b":[1,{"c":null}]},"d":[[],{}]})", "\t[1 ,\r\n2 ] "})
    CHECK(is_accepted(text));
}

TEST_CASE("what it does not call a value is refused") {
  for (const auto* text : {"",
                           " ",
                           "-",
                           "01",
                           "+1",
                           "1.",
                           ".5",
                           "1e",
                           "1e400",
                           "-1e400",
                           "nul",
                           "truE",
                           "NaN",
                           "\"",
                           "\"\\",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\u-123\"",
                           R"("\ud800")",
                           R"("\ud800\u0041")",
                           R"("\udc00")",
                           "\"\n\"",
                           "[",
                           "]",
                           "[,]",
                           "[1,]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{1:2}",
                           "{\"a\":1,}",
                           "{\"a\":1",
                           "[}",
                           "{]",
                           "[1}",
                           "1 1",
                           "//",
                           "'a'",
                           "\xEF\xBB\xBF[]"})
    CHECK_FALSE(is_accepted(text));
}

TEST_CASE("a number that no double holds is refused, however it is written") {
  CHECK_FALSE(is_accepted(std::string(400, '9')));
  CHECK(is_accepted(std::string(300, '9')));
  CHECK(is_accepted("0." + std::string(400, '0') + "1"));
}

TEST_CASE("nesting has a limit") {
  CHECK(is_accepted(nested(json_cursor::most_nested)));
  CHECK_FALSE(is_accepted(nested(json_cursor::most_nested + 1)));
}

TEST_CASE("a value is returned without the white space around it") {
  json_cursor cursor("  [1, 2] , \"a\" ]");
  CHECK(cursor.take_value() == "[1, 2]");
  CHECK(cursor.take(','));
  CHECK_FALSE(cursor.take(','));
  CHECK(cursor.take_value() == "\"a\"");
  CHECK(cursor.take(']'));
  CHECK(cursor.is_at_end());
}

TEST_CASE("text accepted is what the JSON library accepts") {
  std::mt19937_64 random(4711);
  for (int i = 0; i < 200'000; ++i) {
    const auto text = random_text(random);
    if (is_accepted(text) != json::accept(text))
      FAIL(text);
  }
}

TEST_CASE("a string literal and its characters") {
  std::string out;
  websock::channels::append_quoted(out, "a\"\\\x1F/ä\x7F");
  CHECK(out == "\"a\\\"\\\\\\u001f/ä\x7F\"");
  CHECK(websock::channels::unquoted(out) == "a\"\\\x1F/ä\x7F");
}
