// Process groups of two nodes: who is a member where, and what strangers say of it.
#include "websock/runtime/distribution/etf/value.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/group_watch.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

using namespace tests;
using runtime::atom;
using runtime::name_at;
using runtime::pid;
using runtime::process_group::scope;

namespace {

namespace etf = runtime::etf;

struct two_scopes {
  cookie_file cookie;
  std::uint16_t epmd = free_port();
  scope groups_a;
  scope groups_b;
  member a{"a@127.0.0.1", cookie, epmd};
  member b{"b@127.0.0.1", cookie, epmd};
  group_watch at_a{a.node, groups_a};
  group_watch at_b{b.node, groups_b};

  explicit two_scopes(runtime::group_names called = runtime::group_names::atoms) {
    a.cluster.join_scope("rooms", groups_a, called);
    b.cluster.join_scope("rooms", groups_b, called);
  }
  void connect() { a.cluster.connect("b@127.0.0.1"); }
  /// Connects, and returns once b tells a of each change.
  void meet() {
    groups_b.join("met", b.node.spawn<sleeper>());
    connect();
    REQUIRE(at_a.next() == "+met b");
  }
};

} // namespace

TEST_CASE("scopes of two nodes see each other's members, old and new") {
  two_scopes on;
  const auto old_a = on.a.node.spawn<sleeper>();
  const auto old_b = on.b.node.spawn<sleeper>();
  on.groups_a.join("lobby", old_a);
  on.groups_b.join("lobby", std::vector<pid>{old_b, old_b});
  CHECK(on.at_a.next() == "+lobby here");
  CHECK(on.at_b.next() == "+lobby here here");
  on.connect();
  CHECK(on.at_a.next() == "+lobby b b");
  CHECK(on.at_b.next() == "+lobby a");
  const auto new_b = on.b.node.spawn<sleeper>();
  on.groups_b.join("attic", new_b);
  CHECK(on.at_a.next() == "+attic b");
  CHECK(on.groups_a.members("lobby").size() == 3);
  CHECK(on.groups_a.local_members("lobby") == std::vector<pid>{old_a});
  CHECK(on.groups_a.local_members("attic").empty());
  runtime::send(on.groups_a.members("attic").front(), 1); // it ends
  CHECK(on.at_a.next() == "-attic b");
  CHECK_FALSE(new_b.is_alive());
}

TEST_CASE("a member on another node leaves there, not here") {
  two_scopes on;
  on.meet();
  const auto one = on.b.node.spawn<sleeper>();
  on.groups_b.join("lobby", std::vector<pid>{one, one});
  CHECK(on.at_a.next() == "+lobby b b");
  CHECK(on.groups_a.leave("lobby", on.groups_a.members("lobby"))
        == runtime::process_group::leave_result::not_joined);
  CHECK(on.groups_b.leave("lobby", one) == runtime::process_group::leave_result::ok);
  CHECK(on.at_a.next() == "-lobby b");
  CHECK(on.groups_a.members("lobby").size() == 1);
}

TEST_CASE("a process that ends leaves all its groups on all nodes") {
  two_scopes on;
  on.meet();
  const auto one = on.b.node.spawn<sleeper>();
  on.groups_b.join("lobby", one);
  on.groups_b.join("attic", one);
  on.groups_b.join("lobby", one);
  for (const auto* joined : {"+lobby b", "+attic b", "+lobby b"})
    CHECK(on.at_a.next() == joined);
  runtime::send(one, 1);
  for (const auto* left : {"-lobby b", "-attic b", "-lobby b"})
    CHECK(on.at_a.next() == left);
  CHECK(on.groups_a.which_groups() == std::vector<std::string>{"met"});
}

TEST_CASE("members leave with the connection and come back with the next one") {
  two_scopes on;
  on.groups_b.join("lobby", on.b.node.spawn<sleeper>());
  on.connect();
  CHECK(on.at_a.next() == "+lobby b");
  on.a.cluster.disconnect("b@127.0.0.1");
  CHECK(on.at_a.next() == "-lobby b");
  std::string back;
  while (back.empty()) { // it pauses first
    on.connect();
    back = on.at_a.next(std::chrono::milliseconds(50));
  }
  CHECK(back == "+lobby b");
  CHECK(on.groups_a.members("lobby").size() == 1);
}

TEST_CASE("members leave with their scope, which may be joined again") {
  two_scopes on;
  on.groups_a.join("lobby", on.a.node.spawn<sleeper>());
  on.groups_b.join("lobby", on.b.node.spawn<sleeper>());
  on.connect();
  CHECK(on.at_a.next() == "+lobby here");
  CHECK(on.at_a.next() == "+lobby b");
  CHECK(on.at_b.next() == "+lobby here");
  CHECK(on.at_b.next() == "+lobby a");
  CHECK_THROWS_AS(on.b.cluster.join_scope("rooms", on.groups_b), std::invalid_argument);
  CHECK(on.b.cluster.leave_scope("rooms"));
  CHECK_FALSE(on.b.cluster.leave_scope("rooms"));
  CHECK(on.at_a.next() == "-lobby b");
  CHECK(on.at_b.next() == "-lobby a");
  while (on.b.node.whereis("rooms"))
    std::this_thread::yield();
  on.b.cluster.join_scope("rooms", on.groups_b);
  CHECK(on.at_a.next() == "+lobby b");
  CHECK(on.at_b.next() == "+lobby a");
}

TEST_CASE(
    "groups may be called by binaries, and a name that can't be called stays here") {
  const auto called =
      GENERATE(runtime::group_names::atoms, runtime::group_names::binaries);
  two_scopes on(called);
  on.meet();
  const auto one = on.b.node.spawn<sleeper>();
  on.groups_b.join(std::string(300, 'x'), one);
  on.groups_b.join("\xff", one);
  on.groups_b.join("lobby", one);
  if (called == runtime::group_names::binaries) {
    CHECK(on.at_a.next() == "+" + std::string(300, 'x') + " b");
    CHECK(on.at_a.next() == "+\xff b");
  }
  CHECK(on.at_a.next() == "+lobby b");
}

TEST_CASE("more members than a message holds arrive") {
  two_scopes on;
  const auto one = on.b.node.spawn<sleeper>();
  on.groups_b.join("lobby", std::vector<pid>(20'000, one));
  on.groups_b.join("attic", one);
  on.connect();
  while (on.groups_a.members("lobby").size() < 20'000)
    REQUIRE(!on.at_a.next().empty());
  on.groups_b.join("lobby", std::vector<pid>(10'000, one));
  while (on.groups_a.members("lobby").size() < 30'000)
    REQUIRE(!on.at_a.next().empty());
  on.groups_b.leave("lobby", std::vector<pid>(30'000, one));
  while (!on.groups_a.members("lobby").empty())
    REQUIRE(!on.at_a.next().empty());
  CHECK(on.groups_a.members("attic").size() == 1);
}

TEST_CASE("a stranger is believed about processes of its own node alone") {
  two_scopes on;
  on.b.cluster.leave_scope("rooms");
  runtime::thread_process liar(on.b.node);
  const auto say = [&](const auto&... what) {
    liar.in_process([&](runtime::process& self) {
      self.send(name_at{"rooms", "a@127.0.0.1"}, what...);
    });
  };
  const etf::value others =
      etf::list{{etf::pid{{"c@127.0.0.1"}, 1, 0, 1}, etf::pid{{"a@127.0.0.1"}, 1, 0, 1},
                 etf::pid{{"b@127.0.0.1"}, 1, 0, 1}, etf::atom{"x"}}};
  const etf::value groups = etf::list{{etf::tuple{{etf::atom{"lobby"}, others}}}};
  const etf::value nobody = etf::pid{{"c@127.0.0.1"}, 1, 0, 1};
  say(atom{"join"}, liar.pid(), atom{"early"}, liar.pid()); // not discovered yet
  say(atom{"discover"}, nobody);
  say(atom{"discover"}, liar.pid());
  say(atom{"sync"}, liar.pid(), groups);
  say(atom{"sync"}, nobody, groups);
  say(atom{"sync"}, liar.pid(), atom{"x"});
  say(atom{"join"}, liar.pid(), atom{"lobby"}, others);
  say(atom{"join"}, liar.pid(), etf::value(7), liar.pid());
  say(atom{"leave"}, liar.pid(), others, groups);
  say(atom{"leave"}, liar.pid(), atom{"x"}, atom{"y"});
  say(std::string("nonsense"));
  say(atom{"join"}, liar.pid(), atom{"attic"}, liar.pid());
  CHECK(on.at_a.next() == "+attic b");
  CHECK(on.groups_a.which_groups() == std::vector<std::string>{"attic"});
  for (const auto& each : on.a.cluster.peers())
    CHECK(each.name == "b@127.0.0.1");
}

TEST_CASE("a cluster that ends takes the members of other nodes with it") {
  cookie_file cookie;
  const auto epmd = free_port();
  member a("a@127.0.0.1", cookie, epmd);
  scope groups_a;
  a.cluster.join_scope("rooms", groups_a);
  group_watch at_a(a.node, groups_a);
  runtime::node node(two_shards());
  scope groups_b;
  for (int life = 0; life < 2; ++life) {
    runtime::cluster b(
        node, member::options("b" + std::to_string(life) + "@127.0.0.1", cookie, epmd));
    b.join_scope("rooms", groups_b);
    const auto one = node.spawn<sleeper>();
    groups_b.join("lobby", one);
    b.connect("a@127.0.0.1");
    CHECK(at_a.next() == "+lobby b" + std::to_string(life));
    runtime::send(one, 1);
    CHECK(at_a.next() == "-lobby b" + std::to_string(life));
  }
  CHECK(groups_b.which_groups().empty());
}

TEST_CASE("a scope whose process is killed has its members again, here and elsewhere") {
  two_scopes on;
  const auto of_a = on.a.node.spawn<sleeper>();
  const auto of_b = on.b.node.spawn<sleeper>();
  on.meet();
  CHECK(on.at_b.next() == "+met here");
  on.groups_a.join("lobby", of_a);
  CHECK(on.at_a.next() == "+lobby here");
  CHECK(on.at_b.next() == "+lobby a");
  on.groups_b.join("attic", of_b);
  CHECK(on.at_b.next() == "+attic here");
  CHECK(on.at_a.next() == "+attic b");
  const auto before = on.a.node.whereis("rooms");
  on.a.node.exit(before, runtime::reason::kill);
  CHECK(on.at_b.next() == "-lobby a");
  CHECK(on.at_b.next() == "+lobby a");
  std::vector<std::string> heard;
  for (int i = 0; i < 4; ++i)
    heard.push_back(on.at_a.next());
  std::sort(heard.begin(), heard.end());
  CHECK(heard == std::vector<std::string>{"+attic b", "+met b", "-attic b", "-met b"});
  CHECK(on.groups_a.members("lobby") == std::vector<pid>{of_a});
  CHECK(on.a.node.whereis("rooms") != before);
  CHECK(on.a.cluster.leave_scope("rooms"));
  CHECK(on.at_b.next() == "-lobby a");
}
