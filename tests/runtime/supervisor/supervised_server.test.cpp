// How a gen_server responds to its parent: when it terminates, and in which order it sees
// the parent's messages.
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/supervised.hpp"

namespace runtime = websock::runtime;

using namespace supervised;

namespace {

pid start(tester& me, enum nature::exits exits) {
  const auto started = me.in_process([&](runtime::process& self) {
    return self.start_link<worker>(std::string("G"), nature{self.pid(), exits});
  });
  CHECK(events(me) == lines{"start G"});
  return started.process;
}

/// What is heard when `act(self, server)` is done by the server's parent.
template <class F>
lines after(tester& me, enum nature::exits exits, F act) {
  const auto server = start(me, exits);
  me.in_process([&](runtime::process& self) { act(self, server); });
  auto heard = events(me, 50ms);
  me.unlink(server);
  return heard;
}

} // namespace

TEST_CASE("a trapped exit of a stranger is a message, that of the parent is the end",
          "[gs-exit-from-nonparent-trap]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto server = start(me, trapping);
  node.spawn([server](runtime::process& self) {
    self.link(server);
    runtime::process::exit(named("friend_died"));
  });
  CHECK(events(me, 60ms) == lines{"handle_info G EXIT friend_died"});
  CHECK(server.is_alive());
  me.exit(server, named("parent_says"));
  CHECK(events(me, 60ms) == lines{"terminate G parent_says", "EXIT parent_says"});
}

TEST_CASE("a stop that was sent before the parent's exit signal comes first",
          "[gs-parent-exit-while-busy]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  CHECK(after(me, trapping,
              [](runtime::process& self, const pid& server) {
                runtime::cast(server, 0); // it is busy with this when the others arrive
                runtime::cast(server, stop_with{named("from_cast")});
                self.exit(server, runtime::reason::shutdown);
              })
        == lines{"terminate G from_cast", "EXIT from_cast"});
}

TEST_CASE("after the parent's exit signal nothing else is handled",
          "[gs-parent-exit-while-busy-2]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  CHECK(after(me, trapping,
              [](runtime::process& self, const pid& server) {
                runtime::cast(server, 0);
                self.exit(server, runtime::reason::shutdown);
                runtime::cast(server, stop_with{named("from_cast")});
              })
        == lines{"terminate G shutdown", "EXIT shutdown"});
}

TEST_CASE(
    "terminate runs after a stop, an exit in a callback and a trapped parent's exit, "
    "and never else",
    "[gs-terminate-when]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto cast_of = [](auto request) {
    return [request](runtime::process&, const pid& server) {
      runtime::cast(server, request);
    };
  };
  const auto exit_of = [](const exit_reason& why) {
    return [why](runtime::process& self, const pid& server) { self.exit(server, why); };
  };
  CHECK(after(me, plain, cast_of(stop_with{runtime::reason::normal}))
        == lines{"terminate G normal", "EXIT normal"});
  CHECK(after(me, plain, cast_of(exit_with{named("boom")}))
        == lines{"terminate G boom", "EXIT boom"});
  CHECK(after(me, trapping, exit_of(named("bye")))
        == lines{"terminate G bye", "EXIT bye"});
  CHECK(after(me, plain, exit_of(named("bye"))) == lines{"EXIT bye"});
  CHECK(after(me, trapping, exit_of(runtime::reason::kill)) == lines{"EXIT killed"});
  CHECK(after(me, trapping, exit_of(runtime::reason::normal))
        == lines{"terminate G normal", "EXIT normal"});
  CHECK(after(me, plain, exit_of(runtime::reason::normal)).empty());
}
