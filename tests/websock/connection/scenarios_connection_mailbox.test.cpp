// Recorded scenarios: what arrives in a connection's mailbox, from whom and in what
// order; its names and timers.
#include "websock/runtime/registry/registry.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/stage.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::pid;
using runtime::registry;
using runtime::term;
using websock::testing::close_frame;

namespace {

/// A handler whose `init` takes this name.
[[nodiscard]] script registering(const std::string& name) {
  script todo;
  todo.init = [name](process& self) {
    self.register_name(name);
    return websock::ok();
  };
  return todo;
}

/// A handler whose `init` takes the key "t".
[[nodiscard]] script registering(registry& table) {
  script todo;
  todo.init = [&table](process& self) {
    CHECK(table.register_key(self, "t").is_ok());
    return websock::ok();
  };
  return todo;
}

/// The client closes with 1000 after these callbacks.
void check_close(stage& on, observed& c, lines callbacks) {
  c.peer.close(1000);
  on.node.run_until_idle();
  callbacks.insert(callbacks.end(), {"terminate {remote, 1000}", "destroyed"});
  CHECK(c.callbacks() == callbacks);
  CHECK(c.peer.close_frame() == close_frame{1000, ""});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "{shutdown, \"remote\"}");
}

} // namespace

TEST_CASE("a message that looks like data of the socket is a message like any other",
          "[conn-fake-tcp-data]") {
  stage on;
  observed c(on);
  runtime::send(c.pid(), std::string("tcp"), std::string("\x81\x80\0\0\0\0", 6));
  check_untouched(on, c);
  check_hang_up(
      on, c, {"init", "info {\"tcp\", \"" + std::string("\x81\x80\0\0\0\0", 6) + "\"}"});
}

TEST_CASE("messages of any shape reach handle_info, also those that look like signals",
          "[conn-message-shapes]") {
  stage on;
  std::vector<term> got;
  script todo;
  todo.handle_info = [&](term info) {
    got.push_back(std::move(info));
    return websock::ok();
  };
  observed c(on, todo);
  const auto fake = runtime::reason::of(std::string("fake"));
  const runtime::reference none;
  const std::vector<term> shapes{term(nullptr),
                                 term(1),
                                 term("str"),
                                 term(std::map<std::string, int>{{"a", 1}}),
                                 term(std::vector<int>{1}),
                                 term(runtime::timer_expired{none, term("x")}),
                                 term(runtime::exit_signal{on.me.pid(), fake}),
                                 term("tcp_closed", "notasocket"),
                                 term("tcp_error", "x", "y"),
                                 term("plug_conn", "sent"),
                                 term(none, "reply"),
                                 term(runtime::response{none, term("reply"), {}}),
                                 term(runtime::down{none, on.me.pid(), "", fake}),
                                 term()};
  for (const auto& each : shapes)
    runtime::send(c.pid(), each);
  check_untouched(on, c);
  CHECK(got == shapes);
  CHECK(c.callbacks().size() == 1 + shapes.size());
  check_hang_up(on, c, c.callbacks());
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("a frame is handled behind the messages that came before it, ahead of those "
          "that came after it",
          "[conn-mailbox-flood-vs-frame]") {
  stage on;
  int count = 0;
  script todo;
  todo.handle_info = [&](term) {
    ++count;
    return websock::ok();
  };
  todo.handle_in = [&](websock::message_view) {
    return websock::push(websock::text("after " + std::to_string(count)));
  };
  observed c(on, todo);
  c.hold();
  for (int i = 0; i < 1000; ++i)
    runtime::send(c.pid(), i);
  on.node.run_until_idle();
  c.peer.text("f");
  on.node.run_until_idle();
  for (int i = 1000; i < 2000; ++i)
    runtime::send(c.pid(), i);
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init"});
  c.go_on();
  CHECK(c.peer.texts() == lines{"after 1000"});
  CHECK(count == 2000);
  REQUIRE(c.callbacks().size() == 2002);
  CHECK(c.callbacks()[1001] == "in f");
  CHECK(c.callbacks().back() == "info 1999");
  check_hang_up(on, c, c.callbacks());
}

TEST_CASE("a cast to a connection is a message to handle_info", "[conn-genserver-cast]") {
  stage on;
  observed c(on);
  runtime::cast(c.pid(), std::string("hi"));
  check_untouched(on, c);
  check_hang_up(on, c, {"init", "info websock::runtime::detail::gen_cast"});
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("who calls a connection that is busy gives up in time and never sees the late "
          "answer",
          "[conn-genserver-call-timeout]") {
  struct done {};
  stage on;
  script todo;
  process* itself = nullptr;
  runtime::from caller;
  todo.init = [&](process& self) {
    itself = &self;
    return websock::ok();
  };
  todo.handle_info = [&](term info) {
    if (const auto* call = info.get_if<runtime::gen_call>()) {
      CHECK(call->request == term("hello"));
      caller = call->caller;
      itself->send_after(300ms, *itself, done{});
    } else {
      runtime::reply(caller, std::string("late"));
    }
    return websock::ok();
  };
  observed c(on, todo);
  const auto start = on.node.now();
  std::string failure = "none";
  try {
    on.me.call(c.pid(), 100ms, std::string("hello"));
  } catch (const runtime::call_failed& failed) {
    failure = to_string(failed.reason());
  }
  CHECK(failure == "timeout");
  CHECK(on.node.now() - start == 100ms);
  CHECK(c.callbacks() == lines{"init", "info websock::runtime::gen_call"});
  CHECK(on.me.flush(400ms).empty());
  CHECK(c.callbacks().size() == 3); // the late answer was given
  CHECK(c.end() == "alive");

  SECTION("one that is given in time arrives") {
    CHECK(on.me.call<std::string>(c.pid(), 301ms, std::string("hello")) == "late");
  }
  SECTION("when the connection ends first, its reason is the answer") {
    on.me.in_process([&](process& self) {
      static_cast<void>(self.send_request(c.pid(), 200ms, std::string("hello")));
    });
    c.peer.close(1000);
    const auto answer =
        on.me.receive(0ms, [](const runtime::response& it) { return it.failed; });
    REQUIRE(answer);
    CHECK(to_string(*answer) == "{shutdown, \"remote\"}");
  }
}

TEST_CASE("a second connection that wants a name that is taken fails in init",
          "[conn-register-dup-crash]") {
  stage on;
  const script todo = registering("dup");
  observed first(on, todo);
  observed second(on, todo);
  CHECK(second.callbacks() == lines{"init", "destroyed"});
  CHECK(second.peer.frames().size() == 1);
  CHECK(second.peer.close_frame() == close_frame{1011, ""});
  CHECK(second.peer.is_ended());
  CHECK(second.end().starts_with("error: "));
  CHECK(second.end().find("dup") != std::string::npos);
  REQUIRE(on.node.log_lines().size() == 1);
  CHECK(on.node.log_lines()[0].find(to_string(second.pid())) != std::string::npos);
  CHECK(on.node.log_lines()[0].find("raised in init") != std::string::npos);

  CHECK(on.node.node().whereis("dup") == first.pid());
  check_untouched(on, first);
  check_hang_up(on, first, {"init"});
}

TEST_CASE(
    "a connection is found by its name until it ends, then the next one may have it",
    "[conn-register-name]") {
  stage on;
  const script todo = registering("the_conn");
  observed first(on, todo);
  on.node.node().send("the_conn", std::string("by_name"));
  check_untouched(on, first);
  check_close(on, first, {"init", "info \"by_name\""});
  CHECK_FALSE(on.node.node().whereis("the_conn"));
  CHECK_FALSE(first.process().is_alive());

  observed second(on, todo);
  CHECK(on.node.node().whereis("the_conn") == second.pid());
  check_hang_up(on, second, {"init"});
}

TEST_CASE("connections leave a registry when they end",
          "[conn-registry-auto-unregister]") {
  stage on;
  registry table(registry::keys_are::duplicate);
  script todo = registering(table);
  todo.handle_info = [](term info) {
    return websock::push(websock::text(info.get<std::string>()));
  };
  observed first(on, todo);
  observed second(on, todo);
  table.dispatch("t", [](const std::vector<registry::entry>& entries) {
    for (const auto& each : entries)
      runtime::send(each.who, std::string("bcast"));
  });
  on.node.run_until_idle();
  CHECK(first.peer.texts() == lines{"bcast"});
  CHECK(second.peer.texts() == lines{"bcast"});

  check_close(on, first, {"init", "info \"bcast\""});
  const auto left = table.lookup("t");
  REQUIRE(left.size() == 1);
  CHECK(left[0].who == second.pid());
  check_hang_up(on, second, {"init", "info \"bcast\""});
  CHECK(table.lookup("t").empty());
}

TEST_CASE("each connection gets what is dispatched to all in the order of dispatch, "
          "however its client reads",
          "[conn-broadcast-order]") {
  constexpr int count = 100;
  stage on;
  registry table(registry::keys_are::duplicate);
  script todo = registering(table);
  todo.handle_info = [](term info) { // 64 KiB each, in all more than the high mark
    std::string payload = std::to_string(info.get<int>()) + ':';
    payload.resize(65'536);
    return websock::push(websock::binary(std::move(payload)));
  };
  observed a(on, todo);
  observed b(on, todo);
  b.peer.take_only(0);
  for (int i = 1; i <= count; ++i)
    table.dispatch("t", [&](const std::vector<registry::entry>& entries) {
      CHECK(entries.size() == 2);
      for (const auto& each : entries)
        runtime::send(each.who, i);
    });
  on.node.run_until_idle();
  CHECK(b.peer.received().empty());
  CHECK(b.process().message_queue_len() > 50);
  while (b.process().message_queue_len() > 0) {
    b.peer.take(300'000);
    on.node.run_until_idle();
  }
  b.peer.take(10'000'000);
  on.node.run_until_idle();

  for (const auto* each : {&a, &b}) {
    const auto frames = each->peer.frames();
    REQUIRE(frames.size() == count);
    for (int i = 1; i <= count; ++i) {
      const auto& payload = frames[static_cast<std::size_t>(i - 1)].payload;
      CHECK(payload.size() == 65'536);
      CHECK(payload.starts_with(std::to_string(i) + ':'));
    }
  }
  check_hang_up(on, a, a.callbacks());
  check_hang_up(on, b, b.callbacks());
}

TEST_CASE("timers of a connection are messages, and one that is left at its end does no "
          "harm",
          "[conn-timers]") {
  stage on;
  script todo;
  runtime::reference timer;
  std::vector<runtime::duration> at;
  const auto start = on.node.now();
  todo.init = [&](process& self) {
    self.send_after(50ms, self, std::string("once"));
    timer = self.start_timer(80ms, self, std::string("st"));
    self.send_after(10s, self, std::string("never"));
    return websock::ok();
  };
  todo.handle_info = [&](term info) {
    at.push_back(on.node.now() - start);
    const auto* expired = info.get_if<runtime::timer_expired>();
    if (expired == nullptr)
      return websock::push(websock::text(info.get<std::string>()));
    CHECK(expired->ref == timer);
    return websock::push(websock::text("timeout " + expired->message.get<std::string>()));
  };
  observed c(on, todo);
  on.me.sleep(200ms);
  CHECK(c.peer.texts() == lines{"once", "timeout st"});
  CHECK(at == std::vector<runtime::duration>{50ms, 80ms});
  check_close(on, c, {"init", "info \"once\"", "info websock::runtime::timer_expired"});
  on.me.sleep(20s);
  CHECK(c.callbacks().back() == "destroyed");
  CHECK(at.size() == 2);
  CHECK(on.node.log_lines().empty());
}
