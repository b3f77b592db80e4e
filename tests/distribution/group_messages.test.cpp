// The messages of pg as terms, what a group is called in them, and who is in a group.
#include "websock/runtime/distribution/group_messages.hpp"

#include "websock/runtime/distribution/group_members.hpp"
#include "websock/runtime/distribution/group_names.hpp"

#include "tests/catch.hpp"
#include "tests/support/fake_remote.hpp"

#include <string>
#include <variant>
#include <vector>

namespace runtime = websock::runtime;
namespace etf = websock::runtime::etf;

using namespace websock::runtime::distribution;

namespace {

namespace say = group_message;

const etf::pid one{{"b@host"}, 1, 0, 5};
const etf::pid two{{"b@host"}, 2, 0, 5};

[[nodiscard]] etf::value tuple(std::vector<etf::value> elements) {
  return etf::tuple{std::move(elements)};
}

} // namespace

TEST_CASE("messages between scopes are pg's") {
  CHECK(to_string(say::write(say::discover{one})) == "{discover,<b@host.1.0>}");
  CHECK(to_string(say::write(say::sync{one, {{etf::atom{"g"}, {one, two}}}}))
        == "{'$gen_cast',{sync,<b@host.1.0>,[{g,[<b@host.1.0>,<b@host.2.0>]}]}}");
  CHECK(to_string(say::write(say::sync{one, {}}))
        == "{'$gen_cast',{sync,<b@host.1.0>,[]}}");
  CHECK(to_string(say::write(say::join{one, etf::atom{"g"}, {two}}))
        == "{join,<b@host.1.0>,g,<b@host.2.0>}");
  CHECK(
      to_string(say::write(say::leave{one, {one, two}, {etf::atom{"g"}, etf::atom{"h"}}}))
      == "{leave,<b@host.1.0>,[<b@host.1.0>,<b@host.2.0>],[g,h]}");
}

TEST_CASE("messages between scopes are read as they are written") {
  const auto joined = std::get<say::join>(
      say::read(say::write(say::join{one, etf::atom{"g"}, {one, two}})));
  CHECK(joined.peer == one);
  CHECK(joined.group.is_atom("g"));
  CHECK(joined.pids == std::vector<etf::pid>{one, two});
  const auto left = std::get<say::leave>(
      say::read(say::write(say::leave{one, {two}, {etf::atom{"g"}}})));
  CHECK(left.pids == std::vector<etf::pid>{two});
  CHECK(left.groups == std::vector<etf::value>{etf::atom{"g"}});
  const auto all = say::write(say::sync{one, {{etf::atom{"g"}, {two}}}}).elements()[1];
  CHECK(std::get<say::sync>(say::read(all)).groups.front().second
        == std::vector<etf::pid>{two});
  CHECK(std::get<say::discover>(say::read(tuple({etf::atom{"discover"}, one}))).peer
        == one);
  CHECK(std::get<say::discover>(say::read(tuple({etf::atom{"discover"}, one, 1}))).peer
        == one);
}

TEST_CASE(
    "what is no message between scopes is none, and lists lose what is no element") {
  const etf::value atom = etf::atom{"x"};
  const std::vector<etf::value> none = {
      etf::value(),
      atom,
      7,
      tuple({}),
      tuple({atom, one}),
      tuple({etf::atom{"discover"}}),
      tuple({etf::atom{"discover"}, atom}),
      tuple({etf::atom{"join"}, atom, atom, one}),
      tuple({etf::atom{"sync"}, one}),
      etf::list{{etf::atom{"discover"}, one}},
  };
  for (const auto& each : none)
    CHECK(std::holds_alternative<say::other>(say::read(each)));
  const etf::value mixed = etf::list{{one, atom, tuple({atom}), tuple({atom, two})}};
  const auto joined =
      std::get<say::join>(say::read(tuple({etf::atom{"join"}, one, atom, mixed})));
  CHECK(joined.pids == std::vector<etf::pid>{one});
  const auto all = std::get<say::sync>(say::read(tuple({etf::atom{"sync"}, one, mixed})));
  REQUIRE(all.groups.size() == 1);
  CHECK(all.groups.front().second == std::vector<etf::pid>{two});
  const auto left = std::get<say::leave>(
      say::read(tuple({etf::atom{"leave"}, one, atom, etf::string_list{"ab"}})));
  CHECK(left.pids.empty());
  CHECK(left.groups.empty());
}

TEST_CASE("a group is an atom or a binary on other nodes") {
  using runtime::group_names;
  CHECK(to_string(*group_to_etf(group_names::atoms, "lobby")) == "lobby");
  CHECK(to_string(*group_to_etf(group_names::binaries, "lobby")) == "<<\"lobby\">>");
  CHECK_FALSE(group_to_etf(group_names::atoms, std::string(256, 'x')));
  CHECK_FALSE(group_to_etf(group_names::atoms, "\xff"));
  CHECK(group_to_etf(group_names::binaries, "\xff"));
  CHECK_FALSE(group_to_etf(group_names::binaries, std::string(65'536, 'x')));
  CHECK(group_from_etf(group_names::atoms, etf::atom{"lobby"}) == "lobby");
  CHECK(group_from_etf(group_names::binaries, etf::binary{"lobby"}) == "lobby");
  CHECK_FALSE(group_from_etf(group_names::atoms, etf::binary{"lobby"}));
  CHECK_FALSE(group_from_etf(group_names::binaries, etf::atom{"lobby"}));
  CHECK_FALSE(group_from_etf(group_names::atoms, 7));
  CHECK_FALSE(
      group_from_etf(group_names::binaries, etf::binary{std::string(65'536, 'x')}));
}

TEST_CASE("members are counted, and two accounts of them compared") {
  tests::fake_node there;
  const auto a = there.process();
  const auto b = there.process();
  using pids = std::vector<runtime::pid>;
  group_members before;
  before.add("g", {a, a, b});
  before.add("h", {});
  CHECK(before.groups().size() == 1);
  CHECK(before.size() == 3);
  CHECK(before.take("g", {a, b, b}) == pids{a, b});
  CHECK(before.take("h", {a}).empty());
  CHECK(before.size() == 1);
  CHECK(listed(before.groups().at("g")) == pids{a});
  group_members now;
  now.add("g", {a, a, a});
  now.add("h", {b});
  CHECK(now.beyond(before) == std::map<std::string, pids>{{"g", {a, a}}, {"h", {b}}});
  CHECK(before.beyond(now).empty());
  CHECK(before.take("g", {a}) == pids{a});
  CHECK(before.groups().empty());
}
