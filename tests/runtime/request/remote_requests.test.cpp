// Requests to processes and names of other nodes: a monitor and a message there, and
// exactly one response here.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/fake_remote.hpp"
#include "tests/support/puppet.hpp"

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::name_at;
using runtime::reference;
namespace detail = runtime::detail;
namespace reason = runtime::reason;

namespace {

const name_at svc{"svc", "b@host"};

/// One request of the test to a process there or to a name.
struct scene {
  scene() { node.node().set_gate(&gate); }
  void ask(runtime::duration limit) {
    id = me.in_process([&](process& self) {
      return by_name ? self.send_request(svc, limit, 1)
                     : self.send_request(one, limit, 1);
    });
  }
  /// What the other node heard, up to the message.
  [[nodiscard]] std::string call(const std::string& what) const {
    return (by_name ? to_string(svc) : to_string(one)) + ' ' + what + ' '
           + to_string(me.pid()) + ' ' + to_string(id);
  }
  void gone(runtime::exit_reason why) {
    if (by_name)
      detail::monitored_exit(me.pid(), {id, {}, svc.name, std::move(why), svc.node});
    else
      detail::monitored_exit(me.pid(), {id, one, {}, std::move(why)});
  }
  /// The responses that have come; the value, or why there is none.
  [[nodiscard]] lines responses(runtime::duration within) {
    lines found;
    me.sleep(within);
    while (me.receive(runtime::duration::zero(), [&](const runtime::response& each) {
      CHECK(each.id == id);
      found.push_back(each.is_answered() ? to_string(each.value)
                                         : to_string(each.failed));
    }))
      continue;
    return found;
  }

  const bool by_name = GENERATE(false, true);
  fake_node there;
  fake_gate gate{there};
  stepped_node node{1};
  tester me{node};
  pid one = there.process();
  reference id;
};

} // namespace

TEST_CASE("a request to another node is a monitor and a message, and a reply ends both") {
  scene on;
  on.ask(1s);
  CHECK(on.there.heard() == lines{on.call("monitor"), on.call("request") + " 1"});
  detail::answer_request(on.me.pid(), on.id, runtime::term("yes"));
  CHECK(on.responses(1ms) == lines{"\"yes\""});
  CHECK(on.there.heard() == lines{on.call("demonitor")});
  detail::answer_request(on.me.pid(), on.id, runtime::term("again"));
  on.gone(reason::of(7));
  CHECK(on.responses(2s).empty());
}

TEST_CASE("the exit of the other or a lost connection is the response") {
  scene on;
  on.ask(1s);
  static_cast<void>(on.there.heard());
  const auto why = GENERATE(values<runtime::exit_reason>(
      {reason::of(7), reason::noproc, reason::noconnection, reason::killed}));
  on.gone(why);
  detail::answer_request(on.me.pid(), on.id, runtime::term("late"));
  CHECK(on.responses(2s) == lines{to_string(why)});
  CHECK(on.there.heard().empty());
}

TEST_CASE("a request to another node times out, and a late reply is none") {
  scene on;
  on.ask(10ms);
  static_cast<void>(on.there.heard());
  CHECK(on.responses(10ms) == lines{"timeout"});
  CHECK(on.there.heard() == lines{on.call("demonitor")});
  detail::answer_request(on.me.pid(), on.id, runtime::term("late"));
  CHECK(on.responses(1s).empty());
}

TEST_CASE("after a request to another node is cancelled, nothing comes") {
  scene on;
  on.ask(10ms);
  static_cast<void>(on.there.heard());
  CHECK(on.me.in_process([&](process& self) { return self.cancel_request(on.id); }));
  CHECK(on.there.heard() == lines{on.call("demonitor")});
  detail::answer_request(on.me.pid(), on.id, runtime::term("late"));
  on.gone(reason::of(7));
  CHECK(on.responses(1s).empty());
}

TEST_CASE("a request that cannot leave the node is none") {
  scene on;
  CHECK(raises<runtime::not_transmissible>(on.me, [&](process& self) {
    if (on.by_name)
      self.send_request(svc, 1s, secret{});
    else
      self.send_request(on.one, 1s, secret{});
  }));
  const auto heard = on.there.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].find(" monitor ") != std::string::npos);
  CHECK(heard[1].find(" demonitor ") != std::string::npos);
  CHECK(on.responses(2s).empty());
  CHECK(on.me.in_process([](process& self) { return runtime::info(self).monitors; })
            .empty());
}

TEST_CASE("a request without memory is none, and loses no signal silently") {
  scene on;
  const std::size_t refused = GENERATE(1U, 2U);
  on.there.refuse(refused);
  CHECK(raises<std::bad_alloc>(on.me, [&](process& self) {
    if (on.by_name)
      self.send_request(svc, 1s, 1);
    else
      self.send_request(on.one, 1s, 1);
  }));
  CHECK(on.responses(2s).empty());
}

TEST_CASE("a call waits for the reply of another node") {
  scene on;
  lines got;
  const pid caller = on.node.spawn([&](process& self) -> runtime::waiting<> {
    try {
      const auto value = on.by_name ? co_await self.call<int>(svc, 1s, 1)
                                    : co_await self.call<int>(on.one, 1s, 1);
      got.push_back(std::to_string(value));
    } catch (const runtime::call_failed& failed) {
      got.push_back(to_string(failed.reason()));
    }
  });
  on.node.run_until_idle();
  const auto heard = on.there.heard();
  REQUIRE(heard.size() == 2);
  const auto at = heard[0].find("#Ref<") + 5;
  const reference id(std::stoull(heard[0].substr(at)));
  SECTION("a reply") {
    detail::answer_request(caller, id, runtime::term(42));
    on.node.run_until_idle();
    CHECK(got == lines{"42"});
  }
  SECTION("a lost connection") {
    detail::monitored_exit(caller, {id, on.one, {}, reason::noconnection});
    on.node.run_until_idle();
    CHECK(got == lines{"{nodedown, b@host}"});
  }
  SECTION("no reply in time") {
    on.node.advance(1s);
    CHECK(got == lines{"timeout"});
  }
}

TEST_CASE("without a cluster a call to a name elsewhere says that its node is down") {
  stepped_node node(1);
  tester me(node);
  const auto why = [&](const name_at& server) {
    try {
      static_cast<void>(me.call(server, 1s, 1));
      return std::string("answered");
    } catch (const runtime::call_failed& failed) {
      return to_string(failed.reason());
    }
  };
  CHECK(why(svc) == "{nodedown, b@host}");
  CHECK(why({"nobody", "nonode@nohost"}) == "noproc");
  node.node().register_name("me", me.pid());
  CHECK(why({"me", "nonode@nohost"}) == "\"calling_self\"");
}
