// Elements of Sec-WebSocket-Extensions, RFC 6455 §9.1.
#include "websock/http/extension.hpp"

#include "tests/catch.hpp"

#include <string>
#include <string_view>

using websock::http::parse_extension;

namespace {

/// "name; a; b=1" as it was understood, or "malformed".
std::string understood(std::string_view element) {
  const auto found = parse_extension(element);
  if (!found)
    return "malformed";
  std::string out(found->name);
  for (const auto& [name, value] : found->params) {
    out.append("|").append(name);
    if (value)
      out.append("=").append(*value);
  }
  return out;
}

} // namespace

TEST_CASE("an extension has a name and parameters, with values or without",
          "[RFC6455 §9.1]") {
  CHECK(understood("foo") == "foo");
  CHECK(understood("foo; bar; baz=2") == "foo|bar|baz=2");
  CHECK(understood("foo;bar;baz=2") == "foo|bar|baz=2");
  CHECK(understood(" foo \t; bar\t ;  baz = 2 ") == "foo|bar|baz=2");
  CHECK(understood("foo; a=1; a=2; A") == "foo|a=1|a=2|A");
}

TEST_CASE("the value in a quoted string is what is in it, and a token all the same",
          "[RFC6455 §9.1]") {
  CHECK(understood(R"(foo; bits="10")") == "foo|bits=10");
  CHECK(understood(R"(foo; bits="\1\0"; x)") == "foo|bits=10|x");
  CHECK(understood(R"(foo; bits="")") == "malformed");
  CHECK(understood(R"(foo; bits="1 0")") == "malformed");
  CHECK(understood(R"(foo; bits="1;0")") == "malformed");
  CHECK(understood(R"(foo; bits="10)") == "malformed");
  CHECK(understood(R"(foo; bits="10\)") == "malformed");
  CHECK(understood(R"(foo; bits="10"1)") == "malformed");
}

TEST_CASE("an element that breaks the grammar is malformed", "[RFC6455 §9.1]") {
  for (const std::string_view element : {"",
                                         " ",
                                         ";",
                                         "; foo",
                                         "foo;",
                                         "foo; ",
                                         "foo;;bar",
                                         "foo; =1",
                                         "foo; bar=",
                                         "foo; bar==1",
                                         "foo bar",
                                         "foo; bar baz",
                                         "foo; bar=1 2",
                                         "fo(o",
                                         "foo; b@r",
                                         "foo; bar=@",
                                         "\"foo\"",
                                         "foo; \"bar\"",
                                         "foo=1",
                                         "f\xC3\xB6o"}) {
    CAPTURE(element);
    CHECK(understood(element) == "malformed");
  }
}
