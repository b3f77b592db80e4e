// Waiting in a thread: receive with patterns, calls, and the tester, which spends no real
// time.
#include "websock/runtime/server/thread_process.hpp"

#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"

#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::pid;
using runtime::testing::stepped_node;
using runtime::testing::tester;
using lines = std::vector<std::string>;

namespace {

struct ping {};
struct later {};
struct crash {};
struct give_up {};

class server final : public runtime::gen_server {
  runtime::call_result handle_call(runtime::term request, runtime::from caller) override {
    return request.match(
        [](ping) { return runtime::reply(std::string("pong")); },
        [&](later) {
          waiting_ = caller;
          self().send_after(20ms, self(), later{});
          return runtime::call_result(runtime::noreply());
        },
        [](crash) -> runtime::call_result { throw std::runtime_error("boom"); },
        [](give_up) {
          return runtime::call_result(runtime::stop(runtime::reason::normal));
        },
        [](runtime::otherwise) { return runtime::call_result(runtime::noreply()); });
  }
  runtime::server_result handle_info(runtime::term) override {
    runtime::reply(waiting_, std::string("late"));
    runtime::reply(waiting_, std::string("twice"));
    return runtime::noreply();
  }
  runtime::from waiting_;
};

} // namespace

TEST_CASE("selective receive takes the first match and leaves the rest in order") {
  stepped_node node(1);
  tester me(node);
  runtime::send(me.pid(), std::string("b"));
  runtime::send(me.pid(), 1);
  runtime::send(me.pid(), std::string("c"));
  runtime::send(me.pid(), 2);
  CHECK(me.receive(1s, [](int n) { return n; }) == 1);
  CHECK(me.receive(1s, [](int n) { return n; }) == 2);
  CHECK_FALSE(me.receive(1s, [](double) {}));
  CHECK(me.flush(0s) == lines{"\"b\"", "\"c\""});
}

TEST_CASE(
    "call: an answer, a late one, a crash, a normal stop, no process, and a timeout") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto with_reason = [&](const runtime::pid& to, auto request) -> std::string {
    try {
      me.call(to, 500ms, request);
    } catch (const runtime::call_failed& failed) {
      return to_string(failed.reason());
    }
    return "answered";
  };
  const auto process = node.spawn<server>();
  CHECK(me.call<std::string>(process, 1s, ping{}) == "pong");
  CHECK(me.call<std::string>(process, 1s, later{}) == "late");
  CHECK(with_reason(process, 42) == "timeout");
  CHECK(with_reason(process, give_up{}) == "normal");
  CHECK(with_reason(process, ping{}) == "noproc");
  CHECK(with_reason(node.spawn<server>(), crash{}) == "error: boom");
  CHECK(with_reason(me.pid(), ping{}) == "\"calling_self\"");
  CHECK(me.flush(10s).empty()); // no second answer, no late one, no down
}

TEST_CASE(
    "a message to an alias counts only if that is active when the message has its turn") {
  stepped_node node(1);
  tester me(node);
  const auto address = me.in_process([](runtime::process& self) { return self.alias(); });
  runtime::send(address, 1);
  CHECK(me.flush(0s) == lines{"1"});
  me.in_process([&](runtime::process& self) {
    self.send(address, 2);
    CHECK(self.unalias(address));
    CHECK_FALSE(self.unalias(address));
    self.send(address, 3);
  });
  CHECK(me.flush(0s).empty());
}

TEST_CASE("start_timer, read_timer, send_interval, and a cancel from another shard") {
  stepped_node node(1);
  tester me(node);
  const auto ref = me.in_process(
      [](runtime::process& self) { return self.start_timer(20ms, self, 7); });
  me.sleep(5ms);
  me.in_process([&](runtime::process& self) { CHECK(self.read_timer(ref) == 15ms); });
  CHECK(me.receive(15ms, [&](const runtime::timer_expired& expired) {
    CHECK(expired.ref == ref);
    CHECK(expired.message == runtime::term(7));
  }));
  me.in_process([&](runtime::process& self) { CHECK_FALSE(self.read_timer(ref)); });

  const auto ticks = me.in_process([](runtime::process& self) {
    return self.send_interval(10ms, self, std::string("t"));
  });
  CHECK(me.flush(35ms).size() == 3);
  std::optional<runtime::duration> left;
  node.node()
      .spawn_on<runtime::detail::function_body<std::function<void(runtime::process&)>>>(
          1 - tests::process_of(me.pid()).shard().index(),
          std::function<void(runtime::process&)>(
              [&](runtime::process& self) { left = self.cancel_timer(ticks); }));
  CHECK(me.flush(100ms).empty());
  CHECK(left == std::optional<runtime::duration>(5ms));
}

TEST_CASE("start_link waits for init and says how it went") {
  class child final : public runtime::gen_server {
  public:
    explicit child(int what) : what_(what) {}
    runtime::server_result init() override {
      if (what_ == 1)
        return runtime::stop(runtime::reason::of(std::string("bad")));
      if (what_ == 2)
        return runtime::ignore();
      if (what_ == 3)
        throw std::runtime_error("boom");
      if (what_ == 4)
        return runtime::stop(runtime::reason::normal);
      return runtime::noreply();
    }

  private:
    int what_;
  };
  stepped_node node(1);
  tester me(node);
  me.in_process([](runtime::process& self) {
    CHECK(self.start_link<child>(0).is_up());
    CHECK(to_string(self.start_link<child>(1).failed) == "\"bad\"");
    CHECK(self.start_link<child>(2).is_ignored());
    CHECK(to_string(self.start_link<child>(3).failed) == "error: boom");
    const auto stopped = self.start_link<child>(4);
    CHECK_FALSE(stopped.is_up());
    CHECK_FALSE(stopped.is_ignored());
    CHECK(stopped.failed == runtime::reason::normal);
  });
  CHECK(me.flush(1s).empty());
}

TEST_CASE("a real thread waits, calls and is told of an exit") {
  runtime::node node({.shards = 2, .pool_threads = 1});
  runtime::thread_process me(node);
  const auto process = node.spawn<server>();
  CHECK(me.call<std::string>(process, 5s, ping{}) == "pong");
  const auto ref = me.monitor(process);
  me.exit(process, runtime::reason::shutdown);
  CHECK(me.receive(5s, [&](const runtime::down& gone) {
    CHECK(gone.ref == ref);
    CHECK(gone.reason == runtime::reason::shutdown);
  }));
  CHECK_FALSE(me.receive(1ms, [](int) {}));
}

TEST_CASE("start_link waits for init, not for what it goes on with") {
  class child final : public runtime::gen_server {
    runtime::server_result init() override { return runtime::continue_with(1); }
    runtime::server_result handle_continue(runtime::term) override {
      return runtime::stop(runtime::reason::of(std::string("late")));
    }
    runtime::server_result handle_info(runtime::term) override {
      FAIL("a message came before handle_continue, or after the end");
      return runtime::noreply();
    }
  };
  stepped_node node(1);
  tester me(node);
  pid started;
  me.in_process([&](runtime::process& self) {
    const auto result = self.start_link<child>();
    CHECK(result.is_up());
    started = result.process;
    self.send(started, 1);
  });
  CHECK(me.receive(1s, [&](const runtime::exit_signal& signal) {
    CHECK(signal.from == started);
    CHECK(to_string(signal.reason) == "\"late\"");
  }));
  class spawned final : public runtime::gen_server {
  public:
    explicit spawned(pid reports_to) : to_(std::move(reports_to)) {}

  private:
    runtime::server_result init() override {
      return runtime::continue_with(std::string("go"));
    }
    runtime::server_result handle_continue(runtime::term argument) override {
      self().send(to_, argument);
      return runtime::noreply();
    }
    runtime::server_result handle_info(runtime::term message) override {
      self().send(to_, message);
      return runtime::noreply();
    }
    const pid to_;
  };
  const auto other = node.spawn<spawned>(me.pid());
  runtime::send(other, std::string("message"));
  CHECK(me.flush(1s) == std::vector<std::string>{"\"go\"", "\"message\""});
}

TEST_CASE("a limit without end never comes") {
  class patient final : public runtime::gen_server {
    runtime::server_result init() override {
      return runtime::noreply_until(runtime::infinity);
    }
    runtime::server_result handle_info(runtime::term) override {
      return runtime::stop(runtime::reason::of(std::string("woken")));
    }
  };
  stepped_node node(1);
  tester me(node);
  const auto who = node.spawn<patient>();
  me.sleep(24h);
  CHECK(who.is_alive());
  me.in_process([](runtime::process& self) {
    const auto timer = self.send_after(runtime::infinity, self, 1);
    CHECK(self.read_timer(timer) > 24h);
  });
  CHECK_FALSE(me.receive(24h, [](int) {}));
}

TEST_CASE("a thread whose process is killed goes on, with what has come") {
  runtime::node node({.shards = 2, .pool_threads = 1});
  const auto process = node.spawn<server>();
  runtime::thread_process me(node);
  runtime::thread_process other(node);
  runtime::send(me.pid(), 1);
  me.in_process([](runtime::process&) {}); // behind it: the signal would overtake it
  const auto gone = other.monitor(me.pid());
  node.exit(me.pid(), runtime::reason::kill);
  CHECK(other.receive(5s, [&](const runtime::down& down) {
    CHECK(down.ref == gone);
    CHECK(down.reason == runtime::reason::killed);
  }));
  CHECK_THROWS_AS(me.call(process, 5s, ping{}), runtime::no_such_process);
  CHECK_THROWS_AS(me.link(process), runtime::no_such_process);
  CHECK_THROWS_AS(runtime::info(me, process), runtime::no_such_process);
  CHECK_FALSE(me.receive(runtime::infinity, [](const std::string&) {}));
  CHECK(me.receive(5s, [](int) {}));
}

TEST_CASE("the end of the node ends the process of a thread, and its waiting") {
  runtime::node node({.shards = 2, .pool_threads = 1});
  runtime::thread_process me(node);
  me.in_process([](runtime::process&) {}); // from now on it traps exits
  std::jthread stopper([&] { node.stop(); });
  CHECK(me.receive(runtime::infinity, [](const runtime::exit_signal& signal) {
    CHECK_FALSE(signal.from);
    CHECK(signal.reason == runtime::reason::shutdown);
  }));
  stopper.join();
  CHECK_FALSE(me.receive(runtime::infinity, [](int) {}));
  CHECK_THROWS_AS(me.monitor(me.pid()), runtime::no_such_process);
}
