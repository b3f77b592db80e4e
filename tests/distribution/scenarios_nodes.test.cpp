// Nodes that come and go, calls and terms between them, as recorded of Erlang
// (tests/semantics/distribution.json).
#include "websock/runtime/distribution/etf/big.hpp"
#include "websock/runtime/distribution/etf/value.hpp"
#include "websock/runtime/gen_server.hpp"
#include "websock/runtime/process_info.hpp"

#include "tests/distribution/scenario.hpp"

#include <cstdlib>

using namespace tests;
using runtime::name_at;
using runtime::term;
namespace reason = runtime::reason;
namespace etf = runtime::etf;

namespace {

/// Everything on a that is tied to a process of b.
struct tied : scenario {
  explicit tied(const stepped_cluster::change& adjust = {}) : scenario(2, adjust) {
    nodes.cluster(0).monitor_nodes(me.pid());
    static_cast<void>(me.monitor(known));
    me.link(known);
    CHECK(heard(me) == lines{});
  }

  pid there = on_b();
  pid known = as_a_knows(there);
};

class server final : public runtime::gen_server {
private:
  runtime::call_result handle_call(term request, runtime::from) override {
    return request.match(
        [](const std::string& text) -> runtime::call_result {
          return runtime::reply(text);
        },
        [](runtime::otherwise) -> runtime::call_result { return runtime::noreply(); });
  }
};

/// Calls a name from a: the answer, or why there is none.
std::string called(scenario& on, const name_at& whom, const term& request,
                   runtime::duration limit) {
  try {
    return on.me.call<std::string>(whom, limit, request);
  } catch (const runtime::call_failed& failed) {
    return "failed: " + to_string(failed.reason());
  }
}

struct served : scenario {
  served() {
    const auto made = nodes.node(1).spawn<server>();
    nodes.node(1).node().register_name("svc", made);
  }
  const name_at svc{"svc", node_b};
};

} // namespace

TEST_CASE("a node that is gone is told to links, monitors and watchers in this order",
          "[dist.node.kill9]") {
  tied on;
  on.nodes.cut(0, 1);
  CHECK(scenario::heard(on.me)
        == lines{"EXIT b noconnection", "DOWN b noconnection", "down b"});
}

TEST_CASE("a node that ends in an orderly way is told in the same way",
          "[dist.node.halt]") {
  tied on;
  on.nodes.leave(1);
  CHECK(scenario::heard(on.me)
        == lines{"EXIT b noconnection", "DOWN b noconnection", "down b"});
}

TEST_CASE("watchers hear of connects and disconnects", "[dist.node.nodeup]") {
  scenario on(
      2, [](std::size_t, runtime::cluster_options& options) { options.visible = true; });
  on.nodes.cluster(0).monitor_nodes(on.me.pid());
  on.nodes.cluster(0).connect(node_b);
  CHECK(on.me.receive(1s, [](const runtime::node_up& up) {
    CHECK(up == runtime::node_up{node_b, runtime::node_type::visible});
  }));
  on.nodes.cluster(0).disconnect(node_b);
  CHECK(on.me.receive(1s, [](const runtime::node_down& down) {
    CHECK(down == runtime::node_down{node_b, "it was disconnected here"});
  }));
}

TEST_CASE("a node with another cookie is not connected", "[dist.node.cookie]") {
  REQUIRE(::setenv("WEBSOCK_OTHER_COOKIE", "other", 1) == 0);
  scenario on(2, [](std::size_t i, runtime::cluster_options& options) {
    if (i == 0)
      return;
    options.cookie_file.clear();
    options.cookie_variable = "WEBSOCK_OTHER_COOKIE";
  });
  on.nodes.cluster(0).monitor_nodes(on.me.pid());
  on.nodes.cluster(0).connect(node_b);
  on.me.in_process([](process& self) { self.send(name_at{"other", node_b}, "hi"); });
  CHECK(scenario::heard(on.me).empty());
  CHECK(scenario::heard(on.other).empty());
  CHECK(on.nodes.cluster(0).nodes().empty());
}

// Erlang's monitor_nodes is silent about hidden nodes unless it is asked for all; ours
// are hidden by default, so that watchers hear of all, with the type.
TEST_CASE("a hidden node is none of the visible ones", "[dist.node.hidden]") {
  scenario on;
  on.nodes.cluster(0).monitor_nodes(on.me.pid());
  on.nodes.cluster(0).connect(node_b);
  CHECK(on.me.receive(1s, [](const runtime::node_up& up) {
    CHECK(up.type == runtime::node_type::hidden);
  }));
  auto& a = on.nodes.cluster(0);
  CHECK(a.nodes(runtime::node_type::visible).empty());
  CHECK(a.nodes(runtime::node_type::hidden) == lines{node_b});
  CHECK(a.nodes() == lines{node_b});
}

TEST_CASE("a node that falls silent is lost within net_ticktime and a quarter",
          "[dist.node.stopped]") {
  tied on(
      [](std::size_t, runtime::cluster_options& options) { options.net_ticktime = 4s; });
  on.me.sleep(20s); // ticks keep it
  on.nodes.hold(0, 1);
  CHECK(scenario::heard(on.me, 2900ms).empty());
  CHECK(scenario::heard(on.me, 3s)
        == lines{"EXIT b noconnection", "DOWN b noconnection", "down b"});
}

// Where Erlang's nosuspend refuses, what a thread sends is dropped and counted.
TEST_CASE("a node that takes nothing holds a bounded amount", "[dist.node.busy]") {
  scenario on;
  const auto to = on.as_a_knows(on.on_b());
  on.nodes.hold(0, 1);
  for (int i = 0; i < 512; ++i) {
    runtime::send(to, std::string(65'536, 'x'));
    on.nodes.run_until_idle();
  }
  const auto figures = on.nodes.cluster(0).peers().front();
  CHECK(figures.octets_unsent < 16U * 1024 * 1024);
  CHECK(figures.messages_dropped > 0);
  CHECK(figures.messages_sent + figures.messages_dropped == 512);
}

TEST_CASE("a call to a name on another node is answered", "[dist.call.ok]") {
  served on;
  CHECK(called(on, on.svc, term("hi"), 1s) == "hi");
}

TEST_CASE("a call to a name that nobody has there", "[dist.call.noproc]") {
  served on;
  CHECK(called(on, {"nobody", node_b}, term("hi"), 1s) == "failed: noproc");
}

TEST_CASE("a call to a name on a node that does not exist", "[dist.call.nonode]") {
  served on;
  CHECK(called(on, {"svc", "nobody@127.0.0.9"}, term("hi"), 1s)
        == "failed: {nodedown, nobody@127.0.0.9}");
}

TEST_CASE("a call that times out, and no late answer", "[dist.call.timeout]") {
  served on;
  CHECK(called(on, on.svc, term(1), 100ms) == "failed: timeout");
  CHECK(scenario::heard(on.me).empty());
}

TEST_CASE("the node is lost while a call waits", "[dist.call.node_killed]") {
  served on;
  const auto id =
      on.me.in_process([&](process& self) { return self.send_request(on.svc, 3s, 1); });
  on.nodes.cut(0, 1);
  const auto answer = on.me.receive_response(std::vector{id}, 1s);
  CHECK(answer.id == id);
  CHECK(answer.failed == runtime::exit_reason(reason::noconnection));
}

TEST_CASE("what only a local process can have throws for a remote one",
          "[dist.local_only]") {
  scenario on;
  const auto known = on.as_a_knows(on.on_b());
  CHECK_THROWS_AS(runtime::info(on.me, known), std::invalid_argument);
  CHECK_THROWS_AS(known.is_alive(), std::invalid_argument);
  CHECK_THROWS_AS(on.nodes.node(0).node().register_name("it", known),
                  std::invalid_argument);
  CHECK(raises<std::invalid_argument>(
      on.me, [&](process& self) { self.send_after(1s, known, 1); }));
  CHECK(raises<std::invalid_argument>(
      on.me, [&](process& self) { self.start_timer(1s, known, 1); }));
  CHECK(raises<std::invalid_argument>(
      on.me, [&](process& self) { self.send_interval(1s, known, 1); }));
}

TEST_CASE("every kind of term returns from another node as it was", "[dist.terms]") {
  scenario on;
  const auto name = [](const char* text) { return etf::value(etf::atom{text}); };
  const auto binary = [](const char* text) { return etf::value(etf::binary{text}); };
  const etf::value a = name("a");
  const std::vector<etf::value> all{
      etf::value(0), etf::value(255), etf::value(-1), etf::value(2147483647),
      etf::value(-2147483649L), etf::value(1.5), name("atom"), name("ünïcode"),
      etf::value(), etf::value(etf::string_list{"text"}),
      etf::value(etf::improper_list{{etf::value(1), etf::value(2)}, etf::value(3)}),
      binary(""), binary("bin"), etf::value(etf::bit_string{"\x20", 3}),
      etf::value(etf::tuple{}),
      etf::value(etf::tuple{{a, etf::value(etf::tuple{{name("b")}})}}),
      etf::value(etf::map{}),
      etf::value(etf::map{
          {{a, etf::value(1)},
           {etf::value(etf::string_list{"k"}), etf::value(etf::list{{name("x")}})}}}),
      name("true"), name("nil"), name("undefined"),
      // fun lists:map/2
      etf::value(etf::opaque{std::string("\x71\x77\x05lists\x77\x03map\x61\x02", 15)})};
  const auto echo = on.nodes.node(1).spawn<mirror>();
  static_cast<void>(echo);
  on.nodes.run_until_idle();
  on.nodes.cluster(1).export_name("mirror");
  for (const auto& each : all) {
    on.me.in_process([&](process& self) {
      self.send(name_at{"mirror", node_b}, self.pid(), each);
    });
    bool is_back = false;
    CHECK(on.me.receive(1s, [&](const etf::value& back) { is_back = back == each; }));
    INFO(to_string(each));
    CHECK(is_back);
  }
}
