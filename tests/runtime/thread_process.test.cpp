// Waiting: receive with patterns, calls, and the tester that takes no time of the wall
// clock.
#include "runtime/thread_process.hpp"

#include "runtime/gen_server.hpp"
#include "runtime/testing/tester.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace std::chrono_literals;
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
        [](give_up) { return runtime::call_result(runtime::stop(runtime::normal)); },
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
          1 - me.pid().local()->shard().index(),
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
        return runtime::stop(runtime::reason(std::string("bad")));
      if (what_ == 2)
        return runtime::ignore();
      if (what_ == 3)
        throw std::runtime_error("boom");
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
  });
  CHECK(me.flush(1s).empty());
}

TEST_CASE("a real thread waits, calls and is told of an exit") {
  runtime::node node({.shards = 2, .pool_threads = 1});
  runtime::thread_process me(node);
  const auto process = node.spawn<server>();
  CHECK(me.call<std::string>(process, 5s, ping{}) == "pong");
  const auto ref = me.monitor(process);
  me.exit(process, runtime::shutdown);
  CHECK(me.receive(5s, [&](const runtime::down& gone) {
    CHECK(gone.ref == ref);
    CHECK(gone.reason == runtime::shutdown);
  }));
  CHECK_FALSE(me.receive(1ms, [](int) {}));
}
