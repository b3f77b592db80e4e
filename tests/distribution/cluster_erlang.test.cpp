// A node of ours and one of Erlang: every kind of signal, both ways.
#include "websock/runtime/distribution/cluster.hpp"
#include "websock/runtime/distribution/etf/value.hpp"
#include "websock/runtime/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/cluster_pair.hpp"
#include "tests/distribution/named_processes.hpp"

using namespace tests;
using runtime::name_at;
using runtime::pid;
using runtime::term;
using runtime::thread_process;

namespace {

namespace etf = runtime::etf;

/// Answers a cast of a pid with a cast to it.
class caster final : public runtime::gen_server {
private:
  runtime::server_result handle_cast(term request) override {
    runtime::cast(request.get<pid>(), 42);
    return runtime::noreply();
  }
};

/// Tells what it hears.
class ear final : public runtime::behaviour {
public:
  explicit ear(channel<std::string>& heard) : heard_(heard) {}

private:
  void on_start() override {
    self().trap_exit(true);
    self().register_name("ear");
  }
  void on_message(term message) override {
    message.match(
        [&](const pid& other) {
          self().link(other);
          static_cast<void>(self().monitor(other));
          runtime::send(other, self().pid());
        },
        [&](const runtime::exit_signal& signal) {
          heard_.put("EXIT " + to_string(signal.reason));
        },
        [&](const runtime::down& down) { heard_.put("DOWN " + to_string(down.reason)); },
        [&](const std::string& why) {
          runtime::process::exit(runtime::reason::of(runtime::atom{why}));
        },
        [&](const term& other) { heard_.put(to_string(other)); });
  }

  channel<std::string>& heard_;
};

struct mixed {
  cookie_file cookie;
  erlang_epmd epmd;
  member a{"a@127.0.0.1", cookie, epmd.port(), {"mirror", "adder", "ear"}};

  [[nodiscard]] erlang_program erlang(const std::string& expression) const {
    return {epmd.port(), "b", expression + ", receive never -> ok end"};
  }
};

} // namespace

TEST_CASE("Erlang sends to a name here and gets an answer") {
  if (!has_erlang())
    return;
  mixed nodes;
  nodes.a.node.spawn<mirror>();
  auto beam = nodes.erlang("{mirror, 'a@127.0.0.1'} ! {self(), <<\"hello\">>},"
                           "receive X -> io:format(\"~p ~p~n\", [X, nodes(hidden)]) end");
  CHECK(beam.line() == "<<\"hello\">> ['a@127.0.0.1']");
}

TEST_CASE("Erlang pings this node") {
  if (!has_erlang())
    return;
  mixed nodes;
  auto beam = nodes.erlang("io:format(\"~p~n\", [net_adm:ping('a@127.0.0.1')])");
  CHECK(beam.line() == "pong");
}

TEST_CASE("Erlang calls a gen_server here") {
  if (!has_erlang())
    return;
  mixed nodes;
  nodes.a.node.register_name("adder", nodes.a.node.spawn<adder>());
  auto beam =
      nodes.erlang("io:format(\"~p ~p~n\", [gen_server:call({adder, 'a@127.0.0.1'}, 41),"
                   " catch gen_server:call({nobody, 'a@127.0.0.1'}, 1)])");
  CHECK(beam.line()
        == "42 {'EXIT',{noproc,{gen_server,call,[{nobody,'a@127.0.0.1'},1]}}}");
}

TEST_CASE("casts are casts on the other node, both ways") {
  if (!has_erlang())
    return;
  mixed nodes;
  nodes.a.node.register_name("adder", nodes.a.node.spawn<caster>());
  auto beam = nodes.erlang("gen_server:cast({adder, 'a@127.0.0.1'}, self()),"
                           "receive X -> io:format(\"~p~n\", [X]) end");
  CHECK(beam.line() == "{'$gen_cast',42}");
}

TEST_CASE("an exit here reaches links and monitors of Erlang, its reason exact") {
  if (!has_erlang())
    return;
  channel<std::string> heard;
  mixed nodes;
  nodes.a.node.spawn<ear>(std::ref(heard));
  auto beam = nodes.erlang(
      "process_flag(trap_exit, true), {ear, 'a@127.0.0.1'} ! self(),"
      "P = receive Q -> Q end, link(P), R = monitor(process, P),"
      "P ! <<\"bye\">>,"
      "receive {'EXIT', P, W} -> io:format(\"EXIT ~p~n\", [W]) end,"
      "receive {'DOWN', R, process, P, V} -> io:format(\"DOWN ~p~n\", [V]) end,"
      "monitor(process, P),"
      "receive {'DOWN', _, process, P, U} -> io:format(\"DOWN ~p~n\", [U]) end");
  CHECK(beam.line() == "EXIT bye");
  CHECK(beam.line() == "DOWN bye");
  CHECK(beam.line() == "DOWN noproc");
}

TEST_CASE("an exit of Erlang's reaches links and monitors here, its reason exact") {
  if (!has_erlang())
    return;
  const auto [expression, reason] =
      GENERATE(table<const char*, const char*>({{"normal", "normal"},
                                                {"shutdown", "shutdown"},
                                                {"{shutdown, 3}", "{shutdown, 3}"},
                                                {"killed", "killed"},
                                                {"{any, 1.5}", "{any,1.5}"}}));
  channel<std::string> heard;
  mixed nodes;
  nodes.a.node.spawn<ear>(std::ref(heard));
  auto beam = nodes.erlang("spawn(fun() -> {ear, 'a@127.0.0.1'} ! self(),"
                           " receive _ -> exit("
                           + std::string(expression) + ") end end)");
  CHECK(heard.take() == "EXIT " + std::string(reason));
  CHECK(heard.take() == "DOWN " + std::string(reason));
}

TEST_CASE("a process here calls one of Erlang's") {
  if (!has_erlang())
    return;
  mixed nodes;
  auto beam =
      nodes.erlang("register(svc, self()), io:format(\"up~n\"),"
                   "receive {'$gen_call', F, N} -> gen_server:reply(F, N + 1) end");
  REQUIRE(beam.line() == "up");
  thread_process on_a(nodes.a.node);
  const auto answer = on_a.in_process([](runtime::process& self)
                                          -> runtime::waiting<int> {
    co_return co_await self.call<int>(name_at{"svc", "b@127.0.0.1"}, tests::patience, 41);
  });
  CHECK(answer == 42);
}

TEST_CASE("a node of Erlang that is killed is noconnection here") {
  if (!has_erlang())
    return;
  channel<std::string> heard;
  mixed nodes;
  nodes.a.node.spawn<ear>(std::ref(heard));
  {
    auto beam = nodes.erlang("{ear, 'a@127.0.0.1'} ! self(),"
                             "receive _ -> io:format(\"linked~n\") end");
    REQUIRE(beam.line() == "linked");
  } // kill -9
  CHECK(heard.take() == "EXIT noconnection");
  CHECK(heard.take() == "DOWN noconnection");
}

TEST_CASE("a wrong cookie is refused, and said once") {
  if (!has_erlang())
    return;
  mixed nodes;
  erlang_program beam(nodes.epmd.port(), "b",
                      "erlang:set_cookie('a@127.0.0.1', other),"
                      "io:format(\"~p~n\", [net_adm:ping('a@127.0.0.1')])");
  CHECK(beam.line() == "pang");
  CHECK(nodes.a.cluster.nodes().empty());
}

TEST_CASE("every kind of term comes back as it was") {
  if (!has_erlang())
    return;
  mixed nodes;
  nodes.a.node.spawn<mirror>();
  auto beam = nodes.erlang(
      "Terms = [0, -1, 123456789012345678901234567890, 1.5, atom, [], \"text\", [1,2|3],"
      " <<>>, <<1:3>>, {}, {a,{b}}, #{a => 1}, self(), make_ref(), fun lists:map/2, true,"
      " lists:seq(1, 100000), binary:copy(<<7>>, 1000000)],"
      "Same = [begin {mirror, 'a@127.0.0.1'} ! {self(), T},"
      " receive X -> {X =:= T, T} after 3000 -> {none, T} end end || T <- Terms],"
      "io:format(\"~0P~n\", [[T || {S, T} <- Same, S =/= true], 30])");
  CHECK(beam.line() == "[]");
}
