// Values: one form for each term, equality, what a writer refuses.
#include "websock/runtime/distribution/etf/value.hpp"

#include "websock/runtime/distribution/etf/reader.hpp"
#include "websock/runtime/distribution/etf/writer.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/etf/hex.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace websock::runtime;

namespace {

[[nodiscard]] std::string written(const etf::value& term) {
  std::string out;
  etf::writer(out).value(term);
  return out;
}

[[nodiscard]] etf::value read_again(const etf::value& term) {
  const auto octets = written(term);
  return etf::reader(octets).value();
}

[[nodiscard]] etf::value nested(std::size_t depth) {
  etf::value term = 1;
  for (std::size_t i = 0; i < depth; ++i)
    term = etf::tuple{{term}};
  return term;
}

} // namespace

TEST_CASE("integers and floats differ, as for =:=") {
  CHECK(etf::value(1) == etf::value(std::uint8_t{1}));
  CHECK(etf::value(1) != etf::value(1.0));
  CHECK(etf::value(0.0) != etf::value(-0.0));
  CHECK(etf::value(etf::atom{"1"}) != etf::value(etf::binary{"1"}));
}

TEST_CASE("an integer of 64 bits is one, whatever it came from") {
  CHECK(etf::value(etf::big{true, "\x05"}) == etf::value(-5));
  CHECK(etf::value(std::uint64_t{7}).is<std::int64_t>());
  const auto most = etf::value(std::numeric_limits<std::uint64_t>::max());
  REQUIRE(most.is<etf::big>());
  CHECK(to_string(most) == "18446744073709551615");
  CHECK(read_again(most) == most);
  const auto least = etf::value(std::numeric_limits<std::int64_t>::min());
  CHECK(read_again(least) == least);
}

TEST_CASE("a list of octets is a string list") {
  const etf::value list = etf::list{{104, 105}};
  CHECK(list == etf::value(etf::string_list{"hi"}));
  CHECK(list.get_if<etf::string_list>()->octets == "hi");
  CHECK(etf::value(etf::string_list{""}) == etf::value());
  CHECK(etf::value(etf::list{{104, 256}}).is<etf::list>());
  const etf::value whole = etf::improper_list{{etf::atom{"a"}}, list};
  CHECK(to_string(whole) == "[a,104,105]");
  CHECK(etf::value(etf::improper_list{{104}, etf::list{{105}}}) == list);
}

TEST_CASE("an empty list is a value without memory") {
  const etf::value empty;
  REQUIRE(empty.get_if<etf::list>() != nullptr);
  CHECK(empty.elements().empty());
  CHECK(empty == etf::value(etf::list{}));
  CHECK(to_string(empty) == "[]");
}

TEST_CASE("bits beyond the last one do not count") {
  CHECK(etf::value(etf::bit_string{"\xFF", 3}) == etf::value(etf::bit_string{"\xE0", 3}));
  CHECK(etf::value(etf::bit_string{"a", 8}) == etf::value(etf::binary{"a"}));
  CHECK_THROWS_AS(etf::value(etf::bit_string{"", 3}), std::invalid_argument);
  CHECK_THROWS_AS(etf::value(etf::bit_string{"a", 0}), std::invalid_argument);
  CHECK_THROWS_AS(etf::value(etf::bit_string{"a", 9}), std::invalid_argument);
}

TEST_CASE("a map has no order, and each key once") {
  const etf::value a = etf::map{{{1, etf::atom{"one"}}, {2, etf::atom{"two"}}}};
  const etf::value b = etf::map{{{2, etf::atom{"two"}}, {1, etf::atom{"one"}}}};
  CHECK(a == b);
  REQUIRE(a.find(2) != nullptr);
  CHECK(a.find(2)->is_atom("two"));
  CHECK(a.find(2.0) == nullptr);
  CHECK(etf::value(1).find(1) == nullptr);
  CHECK_THROWS_AS(etf::value(etf::map{{{1, 2}, {1, 3}}}), std::invalid_argument);
}

TEST_CASE("a term can be matched") {
  const etf::value term = etf::tuple{{etf::atom{"said"}, etf::binary{"hello"}}};
  CHECK(term.is_tagged("said", 2));
  CHECK_FALSE(term.is_tagged("said", 3));
  CHECK_FALSE(term.is_tagged("heard", 2));
  REQUIRE(term.elements().size() == 2);
  CHECK(term.elements()[1].get_if<etf::binary>()->octets == "hello");
  CHECK_FALSE(etf::value(1).is_tagged("said", 1));
  CHECK(etf::value(etf::improper_list{{1, 2}, 3}).elements().size() == 2);
}

TEST_CASE("every kind of value is written as it is read") {
  const etf::pid pid{{"chat@host"}, 1, 2, 3};
  const std::vector<etf::value> all{
      1,
      -1,
      1LL << 40,
      1.5,
      etf::big{true, std::string(300, '\x01')},
      etf::atom{"ok"},
      etf::binary{"\xFF"},
      etf::bit_string{"\xE0", 3},
      etf::string_list{"abc"},
      etf::string_list{std::string(70'000, 'x')},
      etf::list{{1, etf::list{}}},
      etf::improper_list{{1}, 2},
      etf::tuple{{}},
      etf::tuple{std::vector<etf::value>(300, 1)},
      etf::map{{{1, etf::map{}}}},
      pid,
      etf::reference{{"a"}, 1, {1, 2, 3}, 3},
      etf::port{{"a"}, 1U << 27U, 3},
      etf::port{{"a"}, 1ULL << 40U, 3},
      etf::opaque{tests::octets("71 77 01 61 77 01 62 61 02")}};
  for (const auto& each : all) {
    INFO(to_string(each).substr(0, 80));
    CHECK(read_again(each) == each);
    CHECK(std::count(all.begin(), all.end(), each) == 1);
  }
}

TEST_CASE("a value is nested no deeper than its functions can follow") {
  const auto deepest = nested(etf::value::max_depth);
  CHECK(deepest.depth() == etf::value::max_depth);
  CHECK_THROWS_AS(etf::tuple{{deepest}}.elements.at(0).depth()
                      + etf::value(etf::tuple{{deepest}}).depth(),
                  std::length_error);
  CHECK_THROWS_AS(etf::value(etf::map{{{1, deepest}}}), std::length_error);
  CHECK_THROWS_AS(etf::value(etf::improper_list{{1}, deepest}), std::length_error);
  CHECK(deepest == nested(etf::value::max_depth));
  const auto octets = written(deepest);
  CHECK(etf::reader(octets, {.depth = etf::value::max_depth}).value() == deepest);
}

TEST_CASE("what no node could read is not written") {
  std::string out = "before";
  etf::writer writer(out);
  CHECK_THROWS_AS(writer.atom("\xFF"), std::invalid_argument);
  CHECK_THROWS_AS(writer.atom(std::string(256, 'a')), std::invalid_argument);
  CHECK_THROWS_AS(writer.number(std::nan("")), std::invalid_argument);
  CHECK_THROWS_AS(writer.number(HUGE_VAL), std::invalid_argument);
  CHECK_THROWS_AS(writer.bit_string("a", 9), std::invalid_argument);
  CHECK_THROWS_AS(writer.reference({{"a"}, 1, {}, 0}), std::invalid_argument);
  CHECK_THROWS_AS(writer.reference({{"a"}, 1, {}, 6}), std::invalid_argument);
  CHECK_THROWS_AS(writer.pid({{"\xFF"}, 1, 1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(writer.tuple(std::size_t{1} << 33U), std::length_error);
  CHECK_THROWS_AS(writer.list(std::size_t{1} << 33U), std::length_error);
  CHECK_THROWS_AS(writer.map(std::size_t{1} << 33U), std::length_error);
  CHECK_THROWS_AS(writer.value(etf::tuple{{1, etf::atom{"\xFF"}}}),
                  std::invalid_argument);
  CHECK(out == "before");
  CHECK_THROWS_AS(etf::value(std::nan("")), std::invalid_argument);
}

TEST_CASE("integers take the shortest form that Erlang uses") {
  const auto of = [](std::int64_t number) { return tests::hexadecimal(written(number)); };
  CHECK(of(255) == "61ff");
  CHECK(of(256) == "6200000100");
  CHECK(of(-1) == "62ffffffff");
  CHECK(of(2147483648) == "6e040000000080");
  CHECK(of(-2147483649) == "6e040101000080");
}

TEST_CASE("a long integer is printed in base 16, since a peer chooses its length") {
  CHECK(to_string(etf::value(etf::big{true, std::string(128, '\0') + '\x0A'}))
        == "-16#A" + std::string(256, '0'));
}

TEST_CASE("an opaque term that was made by hand has a name, too") {
  CHECK(to_string(etf::opaque{"q?"}) == "#Opaque<2>");
  CHECK(to_string(etf::opaque{""}) == "#Opaque<0>");
  CHECK(to_string(etf::opaque{"p" + std::string(40, '?')}) == "#Opaque<41>");
}
