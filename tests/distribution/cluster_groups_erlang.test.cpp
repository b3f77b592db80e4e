// Process groups of this node and of Erlang's pg.
#include "tests/catch.hpp"
#include "tests/distribution/group_watch.hpp"
#include "tests/support/seeds.hpp"

#include <map>
#include <random>
#include <utility>

using namespace tests;
using runtime::pid;
using runtime::process_group::scope;

namespace {

struct mixed_scope {
  cookie_file cookie;
  erlang_epmd epmd;
  scope groups;
  member a{"a@127.0.0.1", cookie, epmd.port()};
  group_watch watch{a.node, groups};

  explicit mixed_scope(runtime::group_names called = runtime::group_names::atoms) {
    a.cluster.join_scope("rooms", groups, called);
  }
  /// Erlang has the scope and, as functions, Wait(Condition), Ask() for a line of ours,
  /// and Nodes(Group).
  [[nodiscard]] erlang_program erlang(const std::string& expression) const {
    return {epmd.port(), "b",
            "{ok, _} = pg:start_link(rooms),"
            "Nodes = fun(G) -> [node(P) || P <- pg:get_members(rooms, G)] end,"
            "Wait = fun W(F) -> case F() of true -> ok;"
            " false -> receive after 5 -> W(F) end end end,"
            "P = spawn(fun() -> receive stop -> ok end end),"
                + expression + ", receive never -> ok end"};
  }
};

/// [{group,node,members},...], as Erlang prints it.
[[nodiscard]] std::string view(const scope& groups) {
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  for (const auto& group : groups.which_groups())
    for (const auto& each : groups.members(group))
      ++counts[{group, each.is_remote() ? "b" : "a"}];
  std::string text;
  for (const auto& [where, count] : counts)
    text += (text.empty() ? "{" : ",{") + where.first + ",'" + where.second
            + "@127.0.0.1'," + std::to_string(count) + '}';
  return '[' + text + ']';
}

/// 200 random steps of Erlang's, then a line with its view, again and again.
constexpr const char* random_steps =
    "rand:seed(exsss, {Seed, 1, 1}),"
    "pong = net_adm:ping('a@127.0.0.1'),"
    "New = fun() -> spawn(fun() -> receive stop -> ok end end) end,"
    "Steps = fun S(0, _) -> ok; S(N, Ps) ->"
    " Q = lists:nth(rand:uniform(length(Ps)), Ps),"
    " G = lists:nth(rand:uniform(3), [g, h, i]),"
    " S(N - 1, case rand:uniform(20) of"
    "  D when D < 8 -> pg:join(rooms, G, lists:duplicate(rand:uniform(2), Q)), Ps;"
    "  D when D < 14 -> pg:leave(rooms, G, Q), Ps;"
    "  D when D < 17 -> Q ! stop, [New() | lists:delete(Q, Ps)];"
    "  17 -> erlang:disconnect_node('a@127.0.0.1'), Ps;"
    "  _ -> net_adm:ping('a@127.0.0.1'), Ps end) end,"
    "Steps(200, [New(), New(), New(), New()]),"
    "View = fun V() -> net_adm:ping('a@127.0.0.1'),"
    " All = [{G, node(Q)} || G <- pg:which_groups(rooms), Q <- pg:get_members(rooms, G)],"
    " io:format(\"~0p~n\", [[{G, N, length([x || Y <- All, Y =:= {G, N}])} ||"
    "  {G, N} <- lists:usort(All)]]), timer:sleep(20), V() end, View()";

} // namespace

TEST_CASE("members of Erlang's pg are members here") {
  if (!has_erlang())
    return;
  mixed_scope on;
  auto beam =
      on.erlang("pg:join(rooms, lobby, [P, P]), pong = net_adm:ping('a@127.0.0.1'),"
                "Wait(fun() -> Nodes(done) =/= [] end),"
                "pg:join(rooms, attic, P), pg:join(rooms, <<\"attic\">>, P),"
                "pg:leave(rooms, lobby, P), P ! stop");
  CHECK(on.watch.next() == "+lobby b b");
  on.groups.join("done", on.a.node.spawn<sleeper>());
  CHECK(on.watch.next() == "+done here");
  CHECK(on.watch.next() == "+attic b");
  CHECK(on.watch.next() == "-lobby b");
  CHECK(on.watch.next() == "-attic b");
  CHECK(on.watch.next() == "-lobby b");
}

TEST_CASE("a scope of Erlang that begins late, or anew, is found") {
  if (!has_erlang())
    return;
  mixed_scope on;
  // What is said first to the name of the scope is said to nobody who knows pg.
  const erlang_program beam(
      on.epmd.port(), "b",
      "register(rooms, self()), pong = net_adm:ping('a@127.0.0.1'),"
      "receive {discover, _} -> ok end, unregister(rooms),"
      "P = spawn(fun() -> receive stop -> ok end end),"
      "Life = fun() -> {ok, Scope} = pg:start(rooms), pg:join(rooms, lobby, P), Scope "
      "end,"
      "Scope = Life(), Seen = fun S() -> case pg:get_members(rooms, here) of"
      " [] -> receive after 5 -> S() end; _ -> ok end end, Seen(),"
      "exit(Scope, kill), M = monitor(process, Scope), receive {'DOWN', M, _, _, _} -> "
      "ok end,"
      "Life(), receive never -> ok end");
  CHECK(on.watch.next() == "+lobby b");
  on.groups.join("here", on.a.node.spawn<sleeper>());
  CHECK(on.watch.next() == "+here here");
  CHECK(on.watch.next() == "-lobby b");
  CHECK(on.watch.next() == "+lobby b");
}

TEST_CASE("members here are members of Erlang's pg") {
  if (!has_erlang())
    return;
  mixed_scope on;
  const auto one = on.a.node.spawn<sleeper>();
  const auto other = on.a.node.spawn<sleeper>();
  on.groups.join("lobby", one);
  auto beam = on.erlang("pong = net_adm:ping('a@127.0.0.1'),"
                        "pg:join(rooms, b, P),"
                        "Wait(fun() -> Nodes(lobby) =/= [] end),"
                        "io:format(\"~p ~p~n\", [Nodes(lobby),"
                        " pg:get_local_members(rooms, lobby)]),"
                        "Wait(fun() -> length(Nodes(lobby)) =:= 4 end),"
                        "io:format(\"four~n\"),"
                        "Wait(fun() -> length(Nodes(lobby)) =:= 3 end),"
                        "io:format(\"three~n\"),"
                        "hd(pg:get_members(rooms, lobby)) ! stop,"
                        "Wait(fun() -> Nodes(lobby) =:= [] end),"
                        "io:format(\"~p~n\", [pg:which_groups(rooms)])");
  CHECK(beam.line() == "['a@127.0.0.1'] []");
  on.groups.join("lobby", std::vector<pid>{other, other, other});
  CHECK(beam.line() == "four");
  runtime::send(one, 1);
  CHECK(beam.line() == "three");
  CHECK(beam.line() == "[b]"); // Erlang has ended the other one
  CHECK(on.groups.local_members("lobby").empty());
}

TEST_CASE("pg:monitor hears of members here") {
  if (!has_erlang())
    return;
  mixed_scope on;
  auto beam = on.erlang("{R, []} = pg:monitor(rooms, lobby),"
                        "pong = net_adm:ping('a@127.0.0.1'),"
                        "io:format(\"up~n\"), [receive {R, What, G, Ps} ->"
                        " io:format(\"~p ~p ~p~n\", [What, G, [node(Q) || Q <- Ps]]) end"
                        " || _ <- [1, 2, 3]]");
  REQUIRE(beam.line() == "up");
  const auto one = on.a.node.spawn<sleeper>();
  on.groups.join("lobby", std::vector<pid>{one, one});
  CHECK(beam.line() == "join lobby ['a@127.0.0.1','a@127.0.0.1']");
  on.groups.leave("lobby", one);
  CHECK(beam.line() == "leave lobby ['a@127.0.0.1']");
  on.a.cluster.leave_scope("rooms");
  CHECK(beam.line() == "leave lobby ['a@127.0.0.1']");
}

TEST_CASE("members of an Erlang node that is killed leave") {
  if (!has_erlang())
    return;
  mixed_scope on;
  for (int life = 0; life < 2; ++life) {
    auto beam =
        on.erlang("pg:join(rooms, lobby, [P, P]), pong = net_adm:ping('a@127.0.0.1')");
    CHECK(on.watch.next() == (life == 0 ? "+lobby b b" : "-lobby b b"));
    if (life == 1)
      CHECK(on.watch.next() == "+lobby b b");
  } // kill -9
  CHECK(on.watch.next() == "-lobby b b");
}

TEST_CASE("an Erlang node that connects again has its members again") {
  if (!has_erlang())
    return;
  mixed_scope on;
  on.groups.join("lobby", on.a.node.spawn<sleeper>());
  CHECK(on.watch.next() == "+lobby here");
  auto beam = on.erlang("pg:join(rooms, lobby, P), pong = net_adm:ping('a@127.0.0.1'),"
                        "[begin Wait(fun() -> length(Nodes(lobby)) =:= 2 end),"
                        " io:format(\"two~n\"), timer:sleep(200),"
                        " erlang:disconnect_node('a@127.0.0.1'),"
                        " Wait(fun() -> length(Nodes(lobby)) =:= 1 end),"
                        " io:format(\"one~n\"),"
                        " Wait(fun() -> net_adm:ping('a@127.0.0.1') =:= pong end) end"
                        " || _ <- [1, 2]]");
  for (int i = 0; i < 2; ++i) {
    CHECK(beam.line() == "two");
    CHECK(on.watch.next() == "+lobby b");
    CHECK(beam.line() == "one");
    CHECK(on.watch.next() == "-lobby b");
  }
}

TEST_CASE("groups called by binaries are Erlang's binaries") {
  if (!has_erlang())
    return;
  mixed_scope on(runtime::group_names::binaries);
  auto beam = on.erlang("pong = net_adm:ping('a@127.0.0.1'),"
                        "pg:join(rooms, lobby, P), pg:join(rooms, <<\"lobby\">>, P),"
                        "Wait(fun() -> length(Nodes(<<\"lobby\">>)) =:= 2 end),"
                        "io:format(\"~p~n\", [lists:sort(pg:which_groups(rooms))])");
  CHECK(on.watch.next() == "+lobby b");
  on.groups.join("lobby", on.a.node.spawn<sleeper>());
  CHECK(beam.line() == "[lobby,<<\"lobby\">>]");
}

TEST_CASE("after joins, leaves, deaths and cuts Erlang and this node see the same") {
  if (!has_erlang())
    return;
  const auto seeds = seeds_of(3);
  const auto seed = GENERATE_COPY(range(seeds.first, seeds.end));
  INFO("seed " << seed);
  mixed_scope on;
  std::minstd_rand random(static_cast<unsigned>(seed));
  auto beam = on.erlang("Seed = " + std::to_string(seed) + ", " + random_steps);
  std::vector<pid> processes;
  for (int i = 0; i < 200; ++i) {
    static_cast<void>(on.watch.next(std::chrono::milliseconds(i < 50 ? 20 : 1)));
    const std::string group(1, "ghi"[random() % 3]);
    if (processes.size() < 4 || random() % 8 == 0)
      processes.push_back(on.a.node.spawn<sleeper>());
    const auto one = processes[random() % processes.size()];
    if (const auto what = random() % 10; what < 5)
      on.groups.join(group, one);
    else if (what < 8)
      on.groups.leave(group, one);
    else
      runtime::send(one, 1);
  }
  const auto end = std::chrono::steady_clock::now() + patience;
  auto seen = beam.line();
  while (seen != view(on.groups) && std::chrono::steady_clock::now() < end)
    seen = beam.line();
  CHECK(seen == view(on.groups));
}

// As recorded of pg itself: tests/semantics, dist.pg.discover.
TEST_CASE("a stranger hears from this node what it would hear from pg") {
  if (!has_erlang())
    return;
  mixed_scope on;
  const auto one = on.a.node.spawn<sleeper>();
  on.groups.join("g", one);
  auto beam = on.erlang(
      "Text = fun T(X) when is_pid(X) -> node(X); T(X) when is_list(X) ->"
      " [T(Y) || Y <- X]; T(X) when is_tuple(X) -> list_to_tuple(T(tuple_to_list(X)));"
      " T(X) -> X end,"
      "{rooms, 'a@127.0.0.1'} ! {discover, self()},"
      "Loop = fun L() -> receive M -> io:format(\"~p~n\", [Text(M)]), L() end end,"
      "Loop()");
  CHECK(beam.line() == "{'$gen_cast',{sync,'a@127.0.0.1',[{g,['a@127.0.0.1']}]}}");
  CHECK(beam.line() == "{discover,'a@127.0.0.1'}");
  on.groups.join("h", one);
  CHECK(beam.line() == "{join,'a@127.0.0.1',h,'a@127.0.0.1'}");
  on.groups.join("i", std::vector<pid>{one, one});
  CHECK(beam.line() == "{join,'a@127.0.0.1',i,['a@127.0.0.1','a@127.0.0.1']}");
  on.groups.leave("g", one);
  CHECK(beam.line() == "{leave,'a@127.0.0.1','a@127.0.0.1',[g]}");
  runtime::send(one, 1);
  CHECK(beam.line() == "{leave,'a@127.0.0.1','a@127.0.0.1',[i,i,h]}");
}
