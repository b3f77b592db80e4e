// Query strings and forms.
#include "websock/http/form.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <string>

using namespace websock::http;
using websock::testing::request_of;

namespace {

// {a:"1" l:["x" "y"]}
std::string text_of(const form& value) {
  if (const auto* text = value.as_text())
    return '"' + *text + '"';
  std::string all;
  if (const auto* elements = value.as_list()) {
    for (const auto& each : *elements)
      all += (all.empty() ? "" : " ") + text_of(each);
    return '[' + all + ']';
  }
  for (const auto& [name, each] : *value.as_fields())
    all += (all.empty() ? "" : " ") + name + ':' + text_of(each);
  return '{' + all + '}';
}

std::string parsed(std::string_view encoded, form_limits limits = {}) {
  const auto made = parse_form(encoded, limits);
  return made ? text_of(*made) : "refused";
}

} // namespace

TEST_CASE("values are decoded, and the last of a name stays") {
  CHECK(parsed("") == "{}");
  CHECK(parsed("a=1&b=2") == "{a:\"1\" b:\"2\"}");
  CHECK(parsed("a=1&a=2") == "{a:\"2\"}");
  CHECK(parsed("a=x+y%2Bz&caf%C3%A9=%F0%9D%84%9E") == "{a:\"x y+z\" café:\"𝄞\"}");
  CHECK(parsed("a&b=&=c&&d=e=f") == "{a:\"\" b:\"\" :\"c\" d:\"e=f\"}");
}

TEST_CASE("brackets nest values and make lists") {
  CHECK(parsed("u[n]=x&u[m]=y") == "{u:{n:\"x\" m:\"y\"}}");
  CHECK(parsed("u%5Bn%5D=x") == "{u:{n:\"x\"}}");
  CHECK(parsed("l[]=1&l[]=2") == "{l:[\"1\" \"2\"]}");
  CHECK(parsed("a[b][c]=1&a[b][d]=2&a[e]=3") == "{a:{b:{c:\"1\" d:\"2\"} e:\"3\"}}");
  CHECK(parsed("a[b][]=1&a[b][]=2") == "{a:{b:[\"1\" \"2\"]}}");
  CHECK(parsed("a[][n]=1&a[][n]=2") == "{a:[{n:\"1\"} {n:\"2\"}]}");
  CHECK(parsed("[n]=1") == "{:{n:\"1\"}}");
}

TEST_CASE("a name whose brackets do not match is a name like others") {
  CHECK(parsed("a[=1") == "{a[:\"1\"}");
  CHECK(parsed("a]=1") == "{a]:\"1\"}");
  CHECK(parsed("a[b]c=1") == "{a[b]c:\"1\"}");
  CHECK(parsed("]=1") == "{]:\"1\"}");
  CHECK(parsed("a[b=1") == "{a[b:\"1\"}");
}

TEST_CASE("of values of different kinds the last stays") {
  CHECK(parsed("u=1&u[n]=2") == "{u:{n:\"2\"}}");
  CHECK(parsed("u[n]=2&u=1") == "{u:\"1\"}");
  CHECK(parsed("u[n]=2&u[]=1") == "{u:[\"1\"]}");
}

TEST_CASE("a malformed escape or what is no UTF-8 refuses the whole form") {
  for (const auto* wrong : {"a=%", "a=%4", "a=%zz", "%=a", "a=%FF", "a=%C3", "a=%C3x",
                            "a=%C0%80", "a=%ED%A0%80", "a=%F4%90%80%80", "a=%E0%80%80",
                            "a=%F0%80%80%80", "a=%F5%80%80%80", "%80=a", "a=1&b=%E2%82"})
    CHECK(parsed(wrong) == "refused");
  CHECK(parsed("a=%ED%9F%BF%EE%80%80%F4%8F%BF%BF") != "refused");
}

TEST_CASE("a form has so many values and is nested so deep, and no more") {
  CHECK(parsed("a=1&b=2&a=3", {.max_values = 3}) != "refused");
  CHECK(parsed("a=1&b=2&a=3&c=4", {.max_values = 3}) == "refused");
  CHECK(parsed("a[b][c]=1", {.max_depth = 2}) != "refused");
  CHECK(parsed("a[b][c][d]=1", {.max_depth = 2}) == "refused");
  std::string deep = "a";
  for (int i = 0; i < 3'000; ++i)
    deep += "[]";
  CHECK(parsed(deep + "=1") == "refused");
}

TEST_CASE("parameters are looked up by name") {
  const auto made =
      request_of("GET /x?vsn=2.0.0&u[n]=x HTTP/1.1\r\nHost: h\r\n\r\n").query_params();
  REQUIRE(made);
  CHECK(made->text("vsn") == "2.0.0");
  CHECK(made->text("none").empty());
  CHECK(made->text("u").empty());
  CHECK(made->find("none") == nullptr);
  REQUIRE(made->find("u") != nullptr);
  CHECK(made->find("u")->text("n") == "x");
  CHECK_FALSE(request_of("GET /x?a=%FF HTTP/1.1\r\nHost: h\r\n\r\n").query_params());
}
