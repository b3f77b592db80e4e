// The adapter beside a node of Erlang with pg and workers that behave as Phoenix's do.
#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/phoenix/pubsub/pubsub.hpp"
#include "websock/runtime/distribution/etf/value.hpp"
#include "websock/runtime/pubsub.hpp"

#include "tests/distribution/cluster_pair.hpp"

using namespace tests;

namespace channels = websock::channels;
namespace etf = websock::runtime::etf;
namespace phoenix = websock::phoenix;
namespace pubsub = websock::runtime::pubsub;

namespace {

constexpr auto workers =
    "{ok, _} = pg:start_link('Elixir.Phoenix.PubSub'),"
    "Main = self(),"
    "Worker = fun(G) -> spawn(fun() -> register(G, self()),"
    " pg:join('Elixir.Phoenix.PubSub', G, self()), Main ! up,"
    " (fun L() -> receive M -> io:format(\"~0p~n\", [M]), L() end end)() end),"
    " receive up -> ok end end,"
    "Groups = ['Elixir.MyApp.PubSub.Adapter', 'Elixir.MyApp.PubSub.Adapter_2'],"
    "lists:foreach(Worker, Groups),"
    "pong = net_adm:ping('a@127.0.0.1'),"
    "Members = fun(G) -> [P || P <- pg:get_members('Elixir.Phoenix.PubSub', G),"
    " node(P) =/= node()] end,"
    "Wait = fun W() -> case [G || G <- Groups, Members(G) =:= []] of [] -> ok;"
    " _ -> receive after 5 -> W() end end end, Wait(),"
    "Cast = fun(G, T, M) -> [P ! {forward_to_local, T, M, 'Elixir.Phoenix.PubSub'}"
    " || P <- Members(G)] end,"
    "Broadcast = fun(P) -> #{'__struct__' => 'Elixir.Phoenix.Socket.Broadcast',"
    " topic => <<\"room:1\">>, event => <<\"new\">>, payload => P} end,"
    "io:format(\"ready~n\"),";

struct edge {
  cookie_file cookie;
  erlang_epmd epmd;
  member a{"a@127.0.0.1", cookie, epmd.port()};
  phoenix::pubsub app{a.node, a.cluster, {.name = "MyApp.PubSub", .pool_size = 2}};
  runtime::thread_process me{a.node};

  edge() {
    me.in_process([](runtime::process& self) { pubsub::subscribe(self, "room:1"); });
  }
  [[nodiscard]] erlang_program erlang(const std::string& then) const {
    return {epmd.port(), "b", std::string(workers) + then + "receive never -> ok end"};
  }
  [[nodiscard]] std::string heard() {
    std::string found = "nothing";
    me.receive(
        patience,
        [&](const channels::broadcast_message& what) {
          found = what.event() + ' ' + what.body().text();
        },
        [&](const etf::value& what) { found = to_string(what); });
    return found;
  }
};

} // namespace

TEST_CASE("what Phoenix publishes reaches subscribers here, from each worker") {
  if (!has_erlang())
    return;
  edge on;
  auto beam = on.erlang(
      "[A, B] = Groups, Cast(A, <<\"room:1\">>, Broadcast(#{a => [1, nil, true, b],"
      " <<\"t\">> => <<\"x\">>})),"
      "Cast(A, <<\"room:1\">>, Broadcast(#{a => {1, 2}})),"
      "Cast(A, <<\"room:1\">>, {plain, 7}), io:format(\"sent~n\"),"
      "receive after 200 -> ok end, Cast(B, <<\"room:1\">>, second),");
  CHECK(beam.line() == "ready");
  CHECK(on.heard() == R"(new {"a":[1,null,true,"b"],"t":"x"})");
  CHECK(on.heard() == "{plain,7}");
  CHECK(on.heard() == "second");
  CHECK(on.app.figures().unencodable == 1);
  CHECK(on.app.figures().received == 3);
}

TEST_CASE("what is published here reaches Phoenix's worker, also by name") {
  if (!has_erlang())
    return;
  edge on;
  auto beam = on.erlang("");
  CHECK(beam.line() == "ready");
  while (on.app.nodes().empty())
    std::this_thread::yield();
  channels::broadcast(on.a.node, "room:1", "new", {{"n", 1}});
  const auto line = beam.line();
  CHECK(line.starts_with("{forward_to_local,<<\"room:1\">>,"));
  CHECK(line.find("'Elixir.Phoenix.Socket.Broadcast'") != std::string::npos);
  CHECK(line.find("payload => #{<<\"n\">> => 1}") != std::string::npos);
  CHECK(line.ends_with("'Elixir.Phoenix.Channel.Server'}"));
  pubsub::direct_broadcast(on.a.node, "b@127.0.0.1", "t", etf::value(etf::atom{"hi"}));
  CHECK(beam.line() == "{forward_to_local,<<\"t\">>,hi,'Elixir.Phoenix.PubSub'}");
  CHECK(on.app.figures().sent == 2);
}
