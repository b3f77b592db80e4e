// Registered types: names, fields, and builds that know more or fewer of them.
#include "websock/runtime/distribution/terms/register_message.hpp"

#include "websock/runtime/distribution/etf/malformed.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/terms/fake_identities.hpp"

#include <chrono>
#include <map>
#include <thread>
#include <variant>

namespace runtime = websock::runtime;
namespace etf = runtime::etf;

using runtime::atom;
using runtime::not_transmissible;
using runtime::pid;
using runtime::register_message;
using runtime::term;
using runtime::distribution::border;

namespace {

struct said {
  std::string who;
  std::string text;
  friend bool operator==(const said&, const said&) = default;
};

struct ping {
  friend bool operator==(const ping&, const ping&) = default;
};

struct entry {
  int id = -1;
  std::vector<said> lines;
  std::map<std::string, said> by_name;
  std::optional<said> last;
  std::variant<said, ping> choice;
  friend bool operator==(const entry&, const entry&) = default;
};

struct everything {
  std::int8_t small = 0;
  std::uint64_t large = 0;
  double number = 0;
  bool truth = false;
  atom name;
  pid who;
  runtime::reference ref;
  runtime::alias address;
  runtime::exit_reason why;
  std::chrono::seconds time{};
  etf::value any;
  term rest;
  friend bool operator==(const everything&, const everything&) = default;
};

struct tree {
  std::vector<tree> children;
  friend bool operator==(const tree&, const tree&) = default;
};

// Two builds of one program: their types have different names here, and the same there.
struct first_build {
  int a = 1;
};
struct second_build {
  int a = 1;
  std::string b = "default";
};

[[nodiscard]] etf::value tuple(std::vector<etf::value> elements) {
  return etf::tuple{std::move(elements)};
}

void register_all() {
  register_message<said>("said", &said::who, &said::text);
  register_message<ping>("ping");
  register_message<entry>("entry", &entry::id, &entry::lines, &entry::by_name,
                          &entry::last, &entry::choice);
  register_message<everything>("everything", &everything::small, &everything::large,
                               &everything::number, &everything::truth, &everything::name,
                               &everything::who, &everything::ref, &everything::address,
                               &everything::why, &everything::time, &everything::any,
                               &everything::rest);
  register_message<tree>("tree", &tree::children);
  register_message<first_build>("first_build", &first_build::a);
  register_message<second_build>("second_build", &second_build::a, &second_build::b);
}

} // namespace

TEST_CASE("a registered struct crosses as a tuple of its name and fields") {
  register_all();
  const border nodes;
  const term message(said{"ada", "hello"});
  CHECK(nodes.shown(message) == "{said,<<\"ada\">>,<<\"hello\">>}");
  const auto arrived = nodes.cross(message);
  CHECK(arrived.get<said>() == said{"ada", "hello"});
  CHECK(arrived == message);
  CHECK(message == arrived);
  CHECK(nodes.shown(arrived) == nodes.shown(message));
}

TEST_CASE("an empty struct crosses as an atom") {
  register_all();
  const border nodes;
  CHECK(nodes.shown(term(ping())) == "ping");
  CHECK(nodes.cross(term(ping())).is<ping>());
  CHECK(nodes.arrive(etf::atom{"ping"}).is<ping>());
  CHECK(nodes.arrive(etf::atom{"ping"}).is<atom>());
  CHECK_FALSE(nodes.arrive(etf::atom{"pong"}).is<ping>());
}

TEST_CASE("structs cross inside structs and containers") {
  register_all();
  const border nodes;
  const entry sent{
      3, {{"a", "1"}, {"b", "2"}}, {{"k", {"c", "3"}}}, said{"d", "4"}, ping()};
  CHECK(nodes.cross(term(sent)).get<entry>() == sent);
  CHECK(nodes.cross(term(entry())).get<entry>() == entry());
  const term several(said{"a", "b"}, ping(), 1);
  CHECK(nodes.cross(several).is<said, ping, int>());
  CHECK(nodes.cross(several) == several);
}

TEST_CASE("a field of each built-in type comes back") {
  register_all();
  const border nodes;
  everything sent;
  sent.small = -128;
  sent.large = ~0ULL;
  sent.number = -0.5;
  sent.truth = true;
  sent.name = {"ok"};
  sent.who = nodes.ids->spawn();
  sent.ref = runtime::reference(7);
  sent.address = {nodes.ids->spawn(), runtime::reference(8)};
  sent.why = runtime::reason::shutdown("restart");
  sent.time = std::chrono::seconds(5);
  sent.any = tuple({etf::atom{"a"}, 1});
  sent.rest = term(1, said{"a", "b"});
  CHECK(nodes.cross(term(sent)).get<everything>() == sent);
}

TEST_CASE("a struct with one field more reads a sender with one fewer") {
  register_all();
  const border nodes;
  const auto arrived = nodes.arrive(tuple({etf::atom{"second_build"}, 5}));
  CHECK(arrived.get<second_build>().a == 5);
  CHECK(arrived.get<second_build>().b == "default");
  const auto bare = nodes.arrive(etf::atom{"second_build"});
  CHECK(bare.get<second_build>().a == 1);
}

TEST_CASE("a struct with one field fewer skips what a sender has beyond") {
  register_all();
  const border nodes;
  const auto arrived = nodes.arrive(
      tuple({etf::atom{"first_build"}, 5, tuple({etf::list{{1, 2}}, etf::map{}})}));
  CHECK(arrived.get<first_build>().a == 5);
  CHECK(nodes.arrive(tuple({etf::atom{"ping"}, 1})).is<ping>());
  // Among other values, too: what follows is read from the right place.
  const auto inside = nodes.arrive(tuple(
      {tuple({etf::atom{"first_build"}, 5, etf::atom{"more"}}), etf::binary{"next"}}));
  REQUIRE(inside.is<first_build, std::string>());
  inside.match([](const first_build& first, const std::string& next) {
    CHECK(first.a == 5);
    CHECK(next == "next");
  });
}

TEST_CASE("a tuple of a registered name whose fields do not fit arrives as a value") {
  register_all();
  const border nodes;
  for (const etf::value& sent :
       {tuple({etf::atom{"said"}, 1, etf::binary{"text"}}),
        tuple({etf::atom{"said"}, etf::binary{"who"}, etf::string_list{"text"}}),
        tuple({etf::atom{"first_build"}, etf::value(std::int64_t{1} << 40)}),
        tuple({etf::atom{"entry"}, 1, etf::list{{tuple({etf::atom{"said"}, 1})}}})}) {
    CAPTURE(to_string(sent));
    const auto arrived = nodes.arrive(sent);
    CHECK(arrived.get<etf::value>() == sent);
    CHECK_FALSE(arrived.is<said>());
    CHECK(nodes.seen(arrived) == sent);
  }
}

TEST_CASE("a registered struct opens as what else its tuple is") {
  register_all();
  const border nodes;
  const auto arrived = nodes.cross(term(said{"ada", "hello"}));
  CHECK(arrived.is<atom, std::string, std::string>());
  CHECK(arrived.get<etf::value>().is_tagged("said", 3));
}

TEST_CASE("the same registration again does nothing, a contradiction throws") {
  register_all();
  register_all();
  struct other {
    int value = 0;
  };
  CHECK_THROWS_WITH(register_message<other>("said", &other::value),
                    Catch::Matchers::Contains("said")
                        && Catch::Matchers::Contains("other"));
  CHECK_THROWS_AS(register_message<said>("told", &said::who, &said::text),
                  std::invalid_argument);
  CHECK_THROWS_AS(register_message<said>("said", &said::who), std::invalid_argument);
  CHECK_THROWS_AS(register_message<said>("said", &said::text, &said::who),
                  std::invalid_argument);
  const border nodes;
  CHECK_THROWS_AS(nodes.octets(term(other())), not_transmissible);
  CHECK(nodes.cross(term(said{"a", "b"})).get<said>() == said{"a", "b"});
}

TEST_CASE("a name must be an atom, and none that means something already") {
  struct mark {};
  for (const std::string& name :
       {std::string(), std::string("true"), std::string("undefined"),
        std::string("$gen_call"), std::string(256, 'a'), std::string("\xff")}) {
    CAPTURE(name);
    CHECK_THROWS_AS(register_message<mark>(name), std::invalid_argument);
  }
  register_message<mark>("a name with \xc3\xbc");
  CHECK(border().cross(term(mark())).is<mark>());
}

TEST_CASE("a field of an unregistered type is refused when it is sent") {
  struct inner {
    int value = 0;
  };
  struct outer {
    inner field;
  };
  register_message<outer>("outer", &outer::field);
  const border nodes;
  CHECK_THROWS_WITH(nodes.octets(term(outer())), Catch::Matchers::Contains("inner"));
  const auto sent = tuple({etf::atom{"outer"}, tuple({etf::atom{"inner"}, 1})});
  CHECK(nodes.arrive(sent).get<etf::value>() == sent);
  register_message<inner>("inner", &inner::value);
  CHECK(nodes.arrive(sent).get<outer>().field.value == 1);
}

TEST_CASE("fields of a base are fields") {
  struct base {
    int id = 0;
  };
  struct derived : base {
    std::string name;
  };
  register_message<derived>("derived", &derived::id, &derived::name);
  derived sent;
  sent.id = 4;
  sent.name = "x";
  const auto arrived = border().cross(term(sent));
  CHECK(arrived.get<derived>().id == 4);
  CHECK(arrived.get<derived>().name == "x");
}

TEST_CASE("a type that contains itself crosses as deep as the limit, and no deeper") {
  register_all();
  const border nodes;
  const auto grown = [](int levels) {
    tree root;
    for (; levels > 0; --levels)
      root = tree{{std::move(root)}};
    return root;
  };
  CHECK(nodes.cross(term(grown(20))).get<tree>() == grown(20));
  CHECK_THROWS_AS(nodes.octets(term(grown(40))), not_transmissible);
  etf::value deep(etf::list{});
  for (int i = 0; i < 33; ++i)
    deep = etf::list{{tuple({etf::atom{"tree"}, deep})}};
  CHECK_THROWS_AS(nodes.arrive(tuple({etf::atom{"tree"}, deep})), etf::malformed);
}

TEST_CASE("reading variants within variants takes a bounded time") {
  struct fork {
    std::variant<std::vector<fork>, std::list<fork>, std::deque<fork>> children;
  };
  register_message<fork>("fork", &fork::children);
  etf::value deep = etf::atom{"none"}; // fits nothing, which shows at the very end
  for (int i = 0; i < 28; ++i)
    deep = tuple({etf::atom{"fork"}, etf::list{{deep}}});
  CHECK(border().arrive(deep).is<etf::value>());
}

TEST_CASE("many threads register and cross at the same time") {
  const border nodes;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      for (int round = 0; round < 100; ++round)
        register_all();
    });
  for (int round = 0; round < 100; ++round) {
    register_all();
    CHECK(nodes.cross(term(said{"a", "b"})).is<said>());
  }
}
