// Process groups across nodes, as recorded of Erlang's pg
// (tests/semantics/distribution.json).
#include "websock/runtime/distribution/etf/value.hpp"
#include "websock/runtime/distribution/terms/register_message.hpp"
#include "websock/runtime/gen_server.hpp"
#include "websock/runtime/process_group.hpp"

#include "tests/distribution/scenario.hpp"

#include <tuple>

using namespace tests;
using runtime::atom;
using runtime::name_at;
using runtime::process_group::scope;

namespace {

namespace etf = runtime::etf;

/// Groups on b and, after `share`, on a.
struct grouped : scenario {
  grouped() { nodes.cluster(1).join_scope("rooms", groups_b); }

  void share() {
    nodes.cluster(0).join_scope("rooms", groups_a);
    connect();
  }
  void connect() {
    nodes.cluster(0).connect(node_b);
    settle();
  }
  void kill(std::size_t node, const pid& who) {
    nodes.node(node).node().exit(who, runtime::reason::kill);
    settle();
  }
  void settle() { me.sleep(1s); }
  /// The members that a sees: `b` for each of b's.
  [[nodiscard]] std::string members() {
    settle();
    return text(groups_a.members("g"));
  }
  [[nodiscard]] static std::string text(const std::vector<pid>& pids) {
    std::string all;
    for (const auto& each : pids)
      all += (all.empty() ? "" : " ")
             + (each.is_remote() ? to_string(each).substr(1, 1) : "local");
    return all;
  }

  scope groups_a;
  scope groups_b;
};

/// As in the record, but a process is its node's name.
[[nodiscard]] std::string text(const etf::value& said) {
  if (const auto* process = said.get_if<etf::pid>())
    return process->node.name.substr(0, 1);
  if (!said.is<etf::list>() && !said.is<etf::tuple>())
    return to_string(said);
  std::string all;
  for (const auto& each : said.elements())
    all += (all.empty() ? "" : ",") + text(each);
  return said.is<etf::list>() ? '[' + all + ']' : '{' + all + '}';
}

/// What `who` hears of a scope process.
[[nodiscard]] lines said_to(tester& who) {
  lines all;
  who.sleep(1s);
  while (who.receive(
      0s, [&](const etf::value& message) { all.push_back(text(message)); },
      [&](const runtime::detail::gen_cast& cast) {
        all.push_back("cast " + text(cast.request.get<etf::value>()));
      }))
    continue;
  return all;
}

} // namespace

TEST_CASE("members of a group on another node join, leave and die there",
          "[dist.pg.join]") {
  grouped on;
  on.share();
  const auto member = on.on_b();
  on.groups_b.join("g", member);
  CHECK(on.members() == "b");
  CHECK(on.groups_a.local_members("g").empty());
  on.groups_b.leave("g", member);
  CHECK(on.members().empty());
  on.groups_b.join("g", std::vector<pid>{member, member});
  CHECK(on.members() == "b b");
  on.kill(1, member);
  CHECK(on.members().empty());
}

TEST_CASE("a monitor of a group hears of members that come and go with their node",
          "[dist.pg.monitor]") {
  grouped on;
  on.share();
  const auto watch =
      on.me.in_process([&](process& self) { return on.groups_a.monitor(self, "g"); });
  CHECK(watch.members.empty());
  const auto heard = [&] {
    lines all;
    const auto note = [&](const char* what, const auto& event) {
      CHECK(event.ref == watch.ref);
      all.push_back(what + event.group + ' ' + grouped::text(event.pids));
    };
    on.settle();
    while (on.me.receive(
        0s, [&](const runtime::process_group::joined& now) { note("join ", now); },
        [&](const runtime::process_group::left& now) { note("leave ", now); }))
      continue;
    return all;
  };
  on.groups_b.join("g", on.on_b());
  CHECK(heard() == lines{"join g b"});
  on.nodes.cluster(0).disconnect(node_b);
  CHECK(heard() == lines{"leave g b"});
  on.connect();
  CHECK(heard() == lines{"join g b"});
}

TEST_CASE("a scope tells a stranger that discovers it of its members, and of each change",
          "[dist.pg.discover]") {
  grouped on;
  const auto member = on.on_b();
  on.groups_b.join("g", member);
  on.me.in_process([](process& self) {
    self.send(name_at{"rooms", node_b}, atom{"discover"}, self.pid());
  });
  CHECK(said_to(on.me) == lines{"cast {sync,b,[{g,[b]}]}", "{discover,b}"});
  on.groups_b.join("h", member);
  CHECK(said_to(on.me) == lines{"{join,b,h,b}"});
  on.groups_b.leave("g", member);
  CHECK(said_to(on.me) == lines{"{leave,b,b,[g]}"});
  on.kill(1, member);
  CHECK(said_to(on.me) == lines{"{leave,b,b,[h]}"});
}

TEST_CASE("a stranger that a scope has discovered has its members there until it dies",
          "[dist.pg.stranger]") {
  using group_list = std::vector<std::tuple<atom, std::vector<pid>>>;
  runtime::register_message<group_list>();
  grouped on;
  const auto stranger = on.nodes.node(0).spawn<puppet>(body{}, on.me.pid());
  const auto say = [&](auto what) {
    tell(stranger, [what](process& self) { what(self, name_at{"rooms", node_b}); });
    on.settle();
  };
  const auto members_there = [&] {
    on.other.in_process([&](process& self) {
      self.send(name_at{"me", node_a}, on.groups_b.members("g"));
    });
    std::vector<pid> all;
    REQUIRE(on.me.receive(1s, [&](const std::vector<pid>& those) { all = those; }));
    return all;
  };
  say([](process& self, const name_at& groups) {
    self.send(groups, atom{"discover"}, self.pid());
  });
  say([](process& self, const name_at& groups) {
    const group_list its{{atom{"g"}, {self.pid()}}};
    self.send(groups,
              runtime::detail::gen_cast{runtime::term(atom{"sync"}, self.pid(), its)});
  });
  CHECK(members_there() == std::vector{stranger});
  say([](process& self, const name_at& groups) {
    self.send(groups, atom{"join"}, self.pid(), atom{"g"}, self.pid());
  });
  CHECK(members_there().size() == 2);
  on.kill(0, stranger);
  CHECK(members_there().empty());
}
