// Monitors, links and exit signals between nodes, as recorded of Erlang
// (tests/semantics/distribution.json).
#include "websock/runtime/distribution/etf/value.hpp"

#include "tests/distribution/scenario.hpp"

using namespace tests;
using runtime::atom;
using runtime::exit_reason;
using runtime::name_at;
namespace reason = runtime::reason;
namespace etf = runtime::etf;

namespace {

body exiting(const exit_reason& why) {
  return [why](process&) { process::exit(why); };
}

/// {any, "text", <<"bin">>, 1.5, #{k => v}}
exit_reason any_term() {
  return reason::of(etf::value(
      etf::tuple{{etf::value(etf::atom{"any"}), etf::value(etf::string_list{"text"}),
                  etf::value(etf::binary{"bin"}), etf::value(1.5),
                  etf::value(etf::map{
                      {{etf::value(etf::atom{"k"}), etf::value(etf::atom{"v"})}}})}}));
}

/// A process of b that a knows.
struct acquaintance : scenario {
  pid there = on_b();
  pid known = as_a_knows(there);
};

} // namespace

TEST_CASE("a monitor hears the reason exactly", "[dist.monitor.reasons]") {
  scenario on;
  const auto killed = [](const pid& who) { tell(who, exiting(reason::killed)); };
  lines heard;
  for (const auto& why :
       {exit_reason(reason::normal), exit_reason(reason::shutdown),
        reason::shutdown(atom{"x"}), exit_reason(reason::killed), any_term()}) {
    const auto there = on.on_b();
    static_cast<void>(on.me.monitor(on.as_a_knows(there)));
    if (why == exit_reason(reason::killed))
      killed(there);
    else
      tell(there, exiting(why));
    for (const auto& each : scenario::heard(on.me))
      heard.push_back(each);
  }
  CHECK(heard
        == lines{"DOWN b normal", "DOWN b shutdown", "DOWN b {shutdown, x}",
                 "DOWN b killed", "DOWN b {any,\"text\",<<\"bin\">>,1.5,#{k => v}}"});
}

TEST_CASE("a monitored process that is killed is down with killed",
          "[dist.monitor.kill]") {
  acquaintance on;
  static_cast<void>(on.me.monitor(on.known));
  on.me.exit(on.known, reason::kill);
  CHECK(scenario::heard(on.me) == lines{"DOWN b killed"});
}

TEST_CASE("an exception of a monitored process is an Error of Erlang's",
          "[dist.monitor.error]") {
  acquaintance on;
  static_cast<void>(on.me.monitor(on.known));
  tell(on.there, [](process&) { throw std::runtime_error("oops"); });
  CHECK(scenario::heard(on.me) == lines{"DOWN b error: oops"});
}

TEST_CASE("a monitor of a dead process is down with noproc", "[dist.monitor.dead]") {
  acquaintance on;
  tell(on.there, exiting(reason::normal));
  on.nodes.run_until_idle();
  static_cast<void>(on.me.monitor(on.known));
  CHECK(scenario::heard(on.me) == lines{"DOWN b noproc"});
}

TEST_CASE("the down of a monitored name has the name", "[dist.monitor.name]") {
  acquaintance on;
  on.nodes.node(1).node().register_name("svc", on.there);
  on.me.in_process([](process& self) {
    static_cast<void>(self.monitor(name_at{"svc", node_b}));
  });
  tell(on.there, exiting(reason::of(atom{"bye"})));
  CHECK(scenario::heard(on.me) == lines{"DOWN svc@b bye"});
}

TEST_CASE("a monitored name on a node that does not exist is down with noconnection",
          "[dist.monitor.nonode]") {
  scenario on;
  on.me.in_process([](process& self) {
    static_cast<void>(self.monitor(name_at{"x", "nobody@127.0.0.9"}));
  });
  CHECK(scenario::heard(on.me) == lines{"DOWN x@n noconnection"});
}

TEST_CASE("each monitor of a lost node is down with noconnection, in order",
          "[dist.monitor.disconnect]") {
  acquaintance on;
  on.nodes.node(1).node().register_name("svc", on.there);
  static_cast<void>(on.me.monitor(on.known));
  static_cast<void>(on.me.monitor(on.as_a_knows(on.on_b())));
  on.me.in_process([](process& self) {
    static_cast<void>(self.monitor(name_at{"svc", node_b}));
  });
  on.nodes.cluster(0).disconnect(node_b);
  CHECK(
      scenario::heard(on.me)
      == lines{"DOWN b noconnection", "DOWN b noconnection", "DOWN svc@b noconnection"});
}

TEST_CASE("the other side of a lost connection hears of it, too",
          "[dist.monitor.other_side]") {
  scenario on;
  static_cast<void>(on.other.monitor(on.as_b_knows(on.me.pid())));
  on.nodes.cluster(0).disconnect(node_b);
  CHECK(scenario::heard(on.other) == lines{"DOWN a noconnection"});
}

TEST_CASE("messages come before the exit, links before monitors",
          "[dist.monitor.order]") {
  acquaintance on;
  const auto me = on.as_b_knows(on.me.pid());
  static_cast<void>(on.me.monitor(on.known));
  on.me.link(on.known);
  tell(on.there, [me](process& self) {
    self.send(me, atom{"first"});
    self.send(me, atom{"second"});
    process::exit(reason::of(atom{"bye"}));
  });
  CHECK(scenario::heard(on.me) == lines{"first", "second", "EXIT b bye", "DOWN b bye"});
}

TEST_CASE("a link hears the reason", "[dist.link.exit]") {
  scenario on;
  lines heard;
  for (const auto& why : {exit_reason(reason::normal), exit_reason(reason::shutdown),
                          reason::of(atom{"any"}), exit_reason(reason::kill)}) {
    const auto there = on.on_b();
    const auto known = on.as_a_knows(there);
    on.me.link(known);
    if (why == exit_reason(reason::kill))
      on.me.exit(known, why);
    else
      tell(there, exiting(why));
    for (const auto& each : scenario::heard(on.me))
      heard.push_back(each);
  }
  CHECK(heard
        == lines{"EXIT b normal", "EXIT b shutdown", "EXIT b any", "EXIT b killed"});
}

TEST_CASE("a link to a dead process is answered with noproc", "[dist.link.dead]") {
  acquaintance on;
  tell(on.there, exiting(reason::normal));
  on.nodes.run_until_idle();
  on.me.link(on.known);
  CHECK(scenario::heard(on.me) == lines{"EXIT b noproc"});
}

TEST_CASE("a link over a lost connection exits with noconnection",
          "[dist.link.disconnect]") {
  acquaintance on;
  on.me.link(on.known);
  static_cast<void>(on.me.monitor(on.known));
  on.nodes.cluster(0).disconnect(node_b);
  CHECK(scenario::heard(on.me) == lines{"EXIT b noconnection", "DOWN b noconnection"});
}

TEST_CASE("a link over a lost connection ends a process that does not trap exits",
          "[dist.link.disconnect_untrapped]") {
  acquaintance on;
  const auto linked = on.nodes.node(0).spawn<puppet>(
      [&](process& self) { self.link(on.known); }, on.me.pid());
  static_cast<void>(on.me.monitor(linked));
  on.nodes.cluster(0).disconnect(node_b);
  CHECK(scenario::heard(on.me) == lines{"DOWN local noconnection"});
}

TEST_CASE("after unlink the other's exit is not heard", "[dist.link.unlink]") {
  acquaintance on;
  on.me.link(on.known);
  on.me.unlink(on.known);
  tell(on.there, exiting(reason::of(atom{"bye"})));
  CHECK(scenario::heard(on.me).empty());
}

TEST_CASE("exit with normal has no effect, with another reason it ends the process",
          "[dist.exit.normal]") {
  acquaintance on;
  static_cast<void>(on.me.monitor(on.known));
  on.me.exit(on.known, reason::normal);
  CHECK(scenario::heard(on.me).empty());
  on.me.exit(on.known, reason::of(atom{"other"}));
  CHECK(scenario::heard(on.me) == lines{"DOWN b other"});
}

TEST_CASE("exit of a process that traps exits is a message to it",
          "[dist.exit.trapped]") {
  scenario on;
  on.me.exit(on.as_a_knows(on.other.pid()), reason::of(atom{"why"}));
  CHECK(scenario::heard(on.other) == lines{"EXIT a why"});
}
