// What crosses between nodes without being registered, and what it arrives as.
#include "websock/runtime/distribution/terms/terms.hpp"

#include "websock/runtime/atom.hpp"
#include "websock/runtime/clock.hpp"
#include "websock/runtime/distribution/etf/malformed.hpp"
#include "websock/runtime/distribution/terms/register_message.hpp"
#include "websock/runtime/term/access.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/terms/fake_identities.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <thread>
#include <unordered_map>
#include <variant>

namespace runtime = websock::runtime;
namespace etf = runtime::etf;

using namespace std::chrono_literals;
using runtime::alias;
using runtime::atom;
using runtime::not_transmissible;
using runtime::otherwise;
using runtime::pid;
using runtime::reference;
using runtime::term;
using runtime::distribution::border;

namespace {

struct stranger {
  int value = 0;
};

enum class colour : std::uint8_t { red, green };

template <class T>
void check_crosses(const border& nodes, const T& value) {
  const auto arrived = nodes.cross(term(value));
  CAPTURE(nodes.shown(term(value)), to_string(arrived));
  REQUIRE(arrived.is<T>());
  CHECK(arrived.get<T>() == value);
  CHECK(arrived == term(value));
  CHECK(term(value) == arrived);
}

template <class T>
void check_integer(const border& nodes) {
  using limits = std::numeric_limits<T>;
  for (const T value : {limits::min(), T{0}, T{1}, T{100}, limits::max()})
    check_crosses<T>(nodes, value);
}

[[nodiscard]] etf::value tuple(std::vector<etf::value> elements) {
  return etf::tuple{std::move(elements)};
}

} // namespace

TEST_CASE("an integer of each width arrives as the type that it was sent as") {
  const border nodes;
  check_integer<signed char>(nodes);
  check_integer<unsigned char>(nodes);
  check_integer<char>(nodes);
  check_integer<short>(nodes);
  check_integer<unsigned short>(nodes);
  check_integer<int>(nodes);
  check_integer<unsigned>(nodes);
  check_integer<long>(nodes);
  check_integer<unsigned long>(nodes);
  check_integer<long long>(nodes);
  check_integer<unsigned long long>(nodes);
}

TEST_CASE("an integer is no integer of a type that does not hold it") {
  const border nodes;
  const auto arrived = nodes.arrive(etf::value(300));
  CHECK(arrived.is<std::int64_t>());
  CHECK(arrived.is<int>());
  CHECK(arrived.is<std::uint16_t>());
  CHECK_FALSE(arrived.is<std::uint8_t>());
  CHECK_FALSE(arrived.is<double>());
  CHECK_FALSE(arrived.is<bool>());
  CHECK_FALSE(nodes.arrive(etf::value(-1)).is<std::uint64_t>());
  CHECK_FALSE(nodes.arrive(etf::value(-1)).is<unsigned>());
}

TEST_CASE("an integer that 64 bits do not hold arrives as a value") {
  const border nodes;
  const etf::value big(etf::big{false, std::string(9, '\x01')});
  const auto arrived = nodes.arrive(big);
  CHECK(arrived.get<etf::value>() == big);
  CHECK_FALSE(arrived.is<std::int64_t>());
  CHECK_FALSE(arrived.is<std::uint64_t>());
  const auto unsigned_one = nodes.cross(term(std::numeric_limits<std::uint64_t>::max()));
  CHECK(unsigned_one.is<etf::value>());
  CHECK(unsigned_one.is<std::uint64_t>());
  CHECK_FALSE(unsigned_one.is<std::int64_t>());
}

TEST_CASE("a match calls the first lambda that a message can be read as") {
  const border nodes;
  const auto arrived = nodes.cross(term(5));
  const auto seen = [&](auto... cases) { return arrived.match(cases...); };
  const auto any = [](otherwise) { return 0; };
  CHECK(seen([](const std::string&) { return 1; }, [](int) { return 2; }, any) == 2);
  CHECK(seen([](std::int64_t) { return 1; }, [](int) { return 2; }, any) == 1);
  CHECK(seen([](std::string) { return 1; }, [](int, int) { return 2; }, any) == 0);
  CHECK(seen([](const etf::value& v) { return v == etf::value(5) ? 7 : 8; }, any) == 7);
}

TEST_CASE("numbers, text and atoms arrive as what they were sent as") {
  const border nodes;
  check_crosses(nodes, true);
  check_crosses(nodes, false);
  check_crosses(nodes, 1.5);
  check_crosses(nodes, 3.0);
  check_crosses(nodes, 2.5F);
  check_crosses(nodes, std::string());
  check_crosses(nodes, std::string("a\0b\xff", 4));
  check_crosses(nodes, std::string(70000, 'x'));
  check_crosses(nodes, atom{"ok"});
  check_crosses(nodes, atom{"\xc3\xbcn\xc3\xaf"});
  check_crosses(nodes, std::vector<std::byte>{std::byte{0}, std::byte{255}});
  check_crosses(nodes, std::monostate());
  check_crosses(nodes, etf::value(etf::atom{"any"}));
}

TEST_CASE("Erlang sees numbers, text and atoms as its own") {
  const border nodes;
  CHECK(nodes.shown(term(5)) == "5");
  CHECK(nodes.shown(term(true)) == "true");
  CHECK(nodes.shown(term(1.5)) == "1.5");
  CHECK(nodes.shown(term("text")) == "<<\"text\">>");
  CHECK(nodes.shown(term(atom{"ok"})) == "ok");
  CHECK(nodes.shown(term(std::monostate())) == "undefined");
}

TEST_CASE("what arrives has the type that it looks like") {
  const border nodes;
  const auto type_of = [&](const etf::value& value) {
    std::string text;
    runtime::detail::print_type(
        text, *runtime::detail::access::box(nodes.arrive(value))->shape().types[0]);
    return text;
  };
  CHECK(type_of(etf::value(1)) == "long");
  CHECK(type_of(etf::value(1.0)) == "double");
  CHECK(type_of(etf::atom{"false"}) == "bool");
  CHECK(type_of(etf::atom{"undefined"}) == "websock::runtime::atom");
  CHECK(type_of(etf::binary{"x"}).find("basic_string") != std::string::npos);
  CHECK(type_of(etf::pid{{"b@h"}, 1, 2, 3}) == "websock::runtime::pid");
  CHECK(type_of(etf::reference{{"b@h"}, 1, {1}, 1}) == "websock::runtime::reference");
  for (const etf::value& other :
       {etf::value(etf::list{}), etf::value(etf::string_list{"text"}),
        etf::value(etf::tuple{}), etf::value(etf::map{}), tuple({etf::atom{"a"}, 1}),
        etf::value(etf::bit_string{"\x20", 3}), etf::value(etf::port{{"b@h"}, 1, 2}),
        etf::value(etf::improper_list{{1}, 2})}) {
    CAPTURE(to_string(other));
    const auto arrived = nodes.arrive(other);
    CHECK(type_of(other) == "websock::runtime::etf::value");
    CHECK(arrived.get<etf::value>() == other);
    CHECK(to_string(arrived) == to_string(other));
    CHECK(nodes.seen(arrived) == other); // travels on unchanged
  }
}

TEST_CASE("what has another form arrives as what it is") {
  using namespace std::string_view_literals;
  const border nodes;
  CHECK(nodes.arrive("l\0\0\0\0a\5"sv) == term(std::int64_t{5}));
  CHECK(nodes.arrive("l\0\0\0\0w\2hi"sv) == term(atom{"hi"}));
  CHECK(nodes.arrive("l\0\0\0\0j"sv) == nodes.arrive("j"sv));
  CHECK(nodes.arrive("l\0\0\0\0k\0\2hi"sv) == nodes.arrive("k\0\2hi"sv));
  CHECK(nodes.arrive("M\0\0\0\0\0"sv) == term(std::string()));
  CHECK(nodes.arrive("M\0\0\0\1\10a"sv) == term(std::string("a")));
}

TEST_CASE("an atom is a bool, an absent value or itself, as it is asked for") {
  const border nodes;
  const auto truth = nodes.arrive(etf::atom{"true"});
  CHECK(truth.get<bool>());
  CHECK(truth.get<atom>() == atom{"true"});
  const auto absent = nodes.arrive(etf::atom{"undefined"});
  CHECK(absent.get<std::optional<int>>() == std::nullopt);
  CHECK(absent.get<atom>() == atom{"undefined"});
  CHECK_FALSE(absent.is<bool>());
}

TEST_CASE("a pid, a reference and an alias arrive as themselves") {
  const border nodes;
  check_crosses(nodes, nodes.ids->spawn());
  check_crosses(nodes, reference(1ULL << 50U | 3));
  check_crosses(nodes, alias{nodes.ids->spawn(), reference(9)});
  check_crosses(nodes, std::vector<pid>{nodes.ids->spawn(), pid()});
  check_crosses(nodes, std::optional(nodes.ids->spawn()));
  CHECK(nodes.shown(term(pid())) == "undefined");
  CHECK(nodes.shown(term(reference())) == "undefined");
  CHECK(nodes.shown(term(alias())) == "undefined");
  const etf::pid theirs{{"b@127.0.0.1"}, 17, 3, 1};
  const auto first = nodes.arrive(theirs);
  CHECK(first.get<pid>() == nodes.arrive(theirs).get<pid>());
  CHECK(nodes.seen(first) == etf::value(theirs));
}

TEST_CASE("durations cross in milliseconds, finer ones in their own unit") {
  const border nodes;
  CHECK(nodes.shown(term(3s)) == "3000");
  CHECK(nodes.shown(term(2min)) == "120000");
  CHECK(nodes.shown(term(15ms)) == "15");
  CHECK(nodes.shown(term(15us)) == "15");
  CHECK(nodes.shown(term(runtime::duration(1us))) == "1000");
  CHECK(nodes.shown(term(runtime::infinity)) == "infinity");
  check_crosses(nodes, std::chrono::seconds(3));
  check_crosses(nodes, std::chrono::seconds(-3));
  check_crosses(nodes, std::chrono::hours(5));
  check_crosses(nodes, std::chrono::nanoseconds(5));
  check_crosses(nodes, std::chrono::milliseconds::max());
  CHECK(nodes.cross(term(runtime::infinity)).get<runtime::duration>()
        == runtime::infinity);
  CHECK_FALSE(nodes.arrive(etf::value(1500)).is<std::chrono::seconds>());
  CHECK_THROWS_AS(nodes.octets(term(std::chrono::seconds::max() - 1s)),
                  not_transmissible);
}

TEST_CASE("lists, tuples, maps and optionals cross as Erlang's") {
  runtime::register_message<std::tuple<int, std::string, std::vector<bool>>>();
  runtime::register_message<std::pair<atom, double>>();
  runtime::register_message<std::array<int, 3>>();
  runtime::register_message<std::unordered_map<std::string, std::vector<int>>>();
  runtime::register_message<std::variant<int, std::string, std::vector<std::string>>>();
  runtime::register_message<std::map<atom, std::optional<int>>>();
  runtime::register_message<colour>();
  const border nodes;
  using choice = std::variant<int, std::string, std::vector<std::string>>;
  check_crosses(nodes, std::vector<int>{});
  check_crosses(nodes, std::vector<int>{1, -1, 1000});
  check_crosses(nodes, std::vector<unsigned char>{1, 2, 3});
  check_crosses(nodes, std::vector<bool>{true, false});
  check_crosses(nodes, std::vector<std::string>{"a", ""});
  check_crosses(nodes, std::tuple(1, std::string("a"), std::vector<bool>{true}));
  check_crosses(nodes, std::pair(atom{"a"}, 2.0));
  check_crosses(nodes, std::array{1, 2, 3});
  check_crosses(nodes, std::map<std::string, double>{{"a", 1}, {"b", 2}});
  check_crosses(nodes,
                std::unordered_map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}});
  check_crosses(nodes, std::optional<int>(3));
  check_crosses(nodes, std::optional<std::string>());
  check_crosses(nodes, choice(1));
  check_crosses(nodes, choice("text"));
  check_crosses(nodes, choice(std::vector<std::string>{"a"}));
  check_crosses(nodes, std::map<atom, std::optional<int>>{{{"a"}, 1}, {{"b"}, {}}});
  check_crosses(nodes, colour::green);
  CHECK(nodes.shown(term(std::vector<int>{300, -1})) == "[300,-1]");
  CHECK(nodes.shown(term(std::pair(atom{"a"}, 2.0))) == "{a,2.0}");
  CHECK(nodes.shown(term(std::map<std::string, std::int64_t>{{"a", 1}}))
        == "#{<<\"a\">> => 1}");
}

TEST_CASE(
    "a list of Erlang's small integers is a list of integers in its short form too") {
  runtime::register_message<std::vector<std::optional<int>>>();
  const border nodes;
  const auto arrived = nodes.arrive(etf::string_list{std::string("\x01\xff", 2)});
  CHECK(arrived.get<std::vector<int>>() == std::vector{1, 255});
  CHECK(arrived.get<std::vector<std::optional<int>>>().size() == 2);
  CHECK_FALSE(arrived.is<std::vector<signed char>>());
  CHECK_FALSE(arrived.is<std::vector<std::string>>());
  CHECK_FALSE(arrived.is<std::string>());
  CHECK(nodes.arrive(etf::list{}).get<std::vector<std::string>>().empty());
}

TEST_CASE("a list that is improper, or too long, or holds something else does not fit") {
  runtime::register_message<std::array<int, 3>>();
  const border nodes;
  CHECK_FALSE(nodes.arrive(etf::improper_list{{1}, 2}).is<std::vector<int>>());
  CHECK_FALSE(nodes.arrive(etf::list{{1, etf::atom{"a"}}}).is<std::vector<int>>());
  CHECK_FALSE(nodes.cross(term(std::vector{1, 2, 3, 400})).is<std::array<int, 3>>());
  CHECK_FALSE(nodes.cross(term(std::vector{1, 400})).is<std::array<int, 3>>());
}

TEST_CASE("a term of several values is a tuple, and a tuple opens as several values") {
  const border nodes;
  const term message(3, "three", 2.5, atom{"a"});
  CHECK(nodes.shown(message) == "{3,<<\"three\">>,2.5,a}");
  const auto arrived = nodes.cross(message);
  REQUIRE(arrived.is<int, std::string, double, atom>());
  arrived.match([](int number, const std::string& text, double part, const atom& name) {
    CHECK(number == 3);
    CHECK(text == "three");
    CHECK(part == 2.5);
    CHECK(name == atom{"a"});
  });
  CHECK(arrived == message);
  CHECK(message == arrived);
  CHECK_FALSE(arrived == term(3, "four", 2.5, atom{"a"}));
  CHECK(arrived == nodes.cross(message));
  CHECK(arrived.is<std::int64_t, std::string, double, etf::value>());
  CHECK_FALSE(arrived.is<int, std::string, double>());
  CHECK_FALSE(arrived.is<std::string, int, double, atom>());
  CHECK(nodes.shown(arrived) == nodes.shown(message));
  CHECK(nodes.arrive(etf::tuple{}).is<>());
}

TEST_CASE("a message that has arrived is read by several threads at once") {
  const border nodes;
  for (int round = 0; round < 50; ++round) {
    const auto arrived = nodes.cross(term(1, "one"));
    const auto read = [arrived] {
      return arrived.is<int, std::string>() && arrived.is<long, std::string>()
             && arrived.is<etf::value>() && !arrived.is<int>();
    };
    std::vector<std::jthread> threads;
    std::array<bool, 4> results{};
    for (auto& result : results)
      threads.emplace_back([&] { result = read(); });
    threads.clear();
    CHECK(results == std::array{true, true, true, true});
  }
}

TEST_CASE("a value that has arrived weighs at least what its octets do") {
  const border nodes;
  for (const etf::value& sent :
       {etf::value(etf::binary{std::string(5000, 'x')}),
        tuple({etf::string_list{std::string(5000, 'x')}}),
        etf::value(etf::map{{{etf::atom{"k"}, etf::binary{std::string(5000, 'x')}}}}),
        etf::value(etf::list{std::vector<etf::value>(1000, etf::tuple{})}),
        etf::value(etf::improper_list{{1}, etf::binary{std::string(5000, 'x')}})}) {
    const auto arrived = nodes.arrive(sent);
    CHECK(heap_size(arrived) > border::octets(sent).size());
  }
}

TEST_CASE("a type that is not registered is refused with its name") {
  const border nodes;
  CHECK_THROWS_WITH(nodes.octets(term(stranger{1})),
                    Catch::Matchers::Contains("stranger")
                        && Catch::Matchers::Contains("register_message"));
  CHECK_THROWS_AS(nodes.octets(term(1, stranger{1})), not_transmissible);
  CHECK_THROWS_AS(nodes.octets(term(std::vector<stranger>(1))), not_transmissible);
  CHECK_THROWS_AS(nodes.octets(term(1, stranger{1})), std::invalid_argument);
}

TEST_CASE("values that Erlang does not have are refused") {
  const border nodes;
  CHECK_THROWS_AS(nodes.octets(term()), not_transmissible);
  CHECK_THROWS_AS(nodes.octets(term(std::nan(""))), not_transmissible);
  CHECK_THROWS_AS(nodes.octets(term(HUGE_VAL)), not_transmissible);
  CHECK_THROWS_AS(nodes.octets(term(atom{std::string(256, 'a')})), not_transmissible);
  CHECK_THROWS_AS(nodes.octets(term(atom{"\xff"})), not_transmissible);
}

TEST_CASE("a message beyond the limits of other nodes is refused at the sender") {
  const border nodes;
  const auto nested = [](int levels) {
    etf::value inner(1);
    for (; levels > 0; --levels)
      inner = tuple({inner});
    return term(inner);
  };
  CHECK(nodes.cross(nested(64)).is<etf::value>());
  CHECK_THROWS_WITH(nodes.octets(nested(65)), Catch::Matchers::Contains("nested"));
  const auto most = etf::limits{}.elements;
  CHECK(nodes.cross(term(std::vector<int>(most))).is<std::vector<int>>());
  CHECK_THROWS_WITH(nodes.octets(term(std::vector<int>(most + 1))),
                    Catch::Matchers::Contains("elements"));
}

TEST_CASE("octets that are no term are malformed, and no message") {
  const border nodes;
  const auto whole = nodes.octets(term(3, "three", std::vector{1, 1000}));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_THROWS_AS(nodes.arrive(std::string_view(whole).substr(0, length)),
                    etf::malformed);
  }
  CHECK_THROWS_AS(nodes.arrive(std::string_view("\xff")), etf::malformed);
}
