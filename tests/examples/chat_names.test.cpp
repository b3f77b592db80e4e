// The chat's names: invisible characters make no difference.
#include "examples/chat/names.hpp"
#include "tests/catch.hpp"

#include <string>

using namespace std::string_literals;

TEST_CASE("names that look the same are the same") {
  CHECK(chat::clean_name("ada") == "ada");
  CHECK(chat::clean_name("  ada \t b  ") == "ada b");
  for (const char* unseen :
       {"\u00ad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200d", "\u200f",
        "\u202e", "\u2060", "\u2069", "\u2800", "\u3164", "\ufe0f", "\ufeff", "\uffa0",
        "\U000e0041", "\U000e0100"}) {
    CHECK(chat::clean_name("a"s + unseen + "da") == "ada");
    CHECK(chat::clean_name(unseen).empty());
    CHECK_FALSE(chat::is_name(chat::clean_name(unseen)));
  }
  for (const char* space : {"\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u3000"})
    CHECK(chat::clean_name(space + "a"s + space + space + "b" + space) == "a b");
}

TEST_CASE("letters, marks and pictures stay as they are") {
  for (const char* name : {"Jürgen", "e\u0301", "नमस्ते", "日本語", "\U0001f600"})
    CHECK(chat::clean_name(name) == name);
  CHECK(chat::clean_name("a\xff") == "a\xff"); // refused later
  CHECK_FALSE(chat::is_name("a\xff"));
}
