// Lexical elements of fields, RFC 9110 §5.

#include "websock/http/token.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace websock::http;

namespace {

std::vector<std::string_view> elements(std::string_view list) {
  std::vector<std::string_view> all;
  while (const auto element = take_list_element(list))
    all.push_back(*element);
  return all;
}

using views = std::vector<std::string_view>;

} // namespace

TEST_CASE("token characters are letters, digits and fifteen symbols", "[RFC9110 §5.6]") {
  int count = 0;
  for (int c = 0; c < 256; ++c)
    count += is_token_char(static_cast<char>(c)) ? 1 : 0;
  CHECK(count == 26 + 26 + 10 + 15);
  CHECK(is_token("Sec-WebSocket-Key"));
  CHECK(is_token("!#$%&'*+-.^_`|~"));
  for (const char* separator : {"a b", "a,b", "a:b", "a\"", "(", "/", "é", "", "a\r"})
    CHECK_FALSE(is_token(separator));
  CHECK_FALSE(is_token(std::string_view{"a\0b", 3}));
}

TEST_CASE("field values have no control characters but tab", "[RFC9110 §5.5]") {
  CHECK(is_field_value(""));
  CHECK(is_field_value("a \t \"é\", \x80\xFF"));
  for (const char* bad : {"a\rb", "a\nb", "\x7F", "\x01", "\x1F"})
    CHECK_FALSE(is_field_value(bad));
  CHECK_FALSE(is_field_value(std::string_view{"\0", 1}));
}

TEST_CASE("ASCII letters compare without case, nothing else does", "[RFC9110 §5.6]") {
  CHECK(equal_ignoring_case("WebSocket", "wEBsOCKET"));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
  CHECK_FALSE(equal_ignoring_case("@", "`"));
  CHECK_FALSE(equal_ignoring_case("É", "é"));
}

TEST_CASE("space and tab around a text are trimmed", "[RFC9110 §5.6]") {
  CHECK(trim(" \t a b\t ") == "a b");
  CHECK(trim(" \t ").empty());
}

TEST_CASE("a list gives its elements, trimmed, empty ones left out", "[RFC9110 §5.6]") {
  CHECK(elements("keep-alive, Upgrade") == views{"keep-alive", "Upgrade"});
  CHECK(elements(" , a,,b ,\t") == views{"a", "b"});
  CHECK(elements("") == views{});
  CHECK(elements(",") == views{});
}

TEST_CASE("a comma inside a quoted string separates nothing", "[RFC9110 §5.6]") {
  CHECK(elements(R"(a; x="1,2", b)") == views{R"(a; x="1,2")", "b"});
  CHECK(elements(R"(a; x="\",", b)") == views{R"(a; x="\",")", "b"});
  CHECK(elements(R"(a; x="open, b)") == views{R"(a; x="open, b)"});
  CHECK(elements("\"\\") == views{"\"\\"});
  CHECK(elements(R"(a\,b)") == views{R"(a\)", "b"});
}
