// Two nodes in one program: neither mistakes anything of the other's for its own.
#include "websock/runtime/process/shard_numbers.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/send_timers.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::node;
using runtime::reference;
using runtime::shard_numbers;
using runtime::thread_process;

namespace {

[[nodiscard]] runtime::node_options one_shard() {
  return {.shards = 1, .pool_threads = 1};
}

/// Of two nodes that know each other, each is stopped before one is destroyed.
struct two_nodes {
  ~two_nodes() {
    first.stop();
    second.stop();
  }
  node first{one_shard()};
  node second{one_shard()};
};

class silent final : public runtime::gen_server {
  runtime::call_result handle_call(runtime::term, runtime::from) override {
    return runtime::noreply();
  }
};

[[nodiscard]] reference any_reference(thread_process& of) {
  return of.in_process(
      [](runtime::process& self) { return self.shard().make_reference(); });
}

} // namespace

TEST_CASE("nodes that live at the same time have different numbers") {
  const shard_numbers first(3);
  const shard_numbers second(2);
  const bool is_apart =
      first.first() + 3 <= second.first() || second.first() + 2 <= first.first();
  CHECK(is_apart);
  std::size_t freed = 0;
  {
    const shard_numbers gone(4);
    freed = gone.first();
  }
  CHECK(shard_numbers(4).first() == freed);
  CHECK_THROWS_AS(shard_numbers((std::size_t{1} << shard_numbers::bits) + 1),
                  std::runtime_error);
  CHECK_THROWS_AS(shard_numbers(std::size_t{1} << shard_numbers::bits),
                  std::runtime_error); // some are taken
}

TEST_CASE("no reference of one node is one of another, also of one that is gone") {
  std::set<std::uint64_t> seen;
  const auto make_some = [&seen](node& on) {
    thread_process me(on);
    for (int i = 0; i < 10; ++i)
      CHECK(seen.insert(any_reference(me).value()).second);
  };
  node stays(one_shard());
  for (int round = 0; round < 3; ++round) {
    node goes(one_shard());
    make_some(goes);
    make_some(stays);
    goes.stop();
  }
}

TEST_CASE("both watchers of a process hear of its end, each on a node of its own") {
  two_nodes both;
  node& first = both.first;
  node& second = both.second;
  thread_process here(first);
  thread_process there(second);
  for (int i = 0; i < 20; ++i) {
    const auto who = first.spawn<silent>();
    const auto mine = here.monitor(who);
    const auto theirs = there.monitor(who);
    CHECK(mine != theirs);
    first.exit(who, runtime::reason::shutdown);
    const auto hears = [](thread_process& watcher, reference expected) {
      return watcher.receive(tests::patience, [expected](const runtime::down& gone) {
        CHECK(gone.ref == expected);
      });
    };
    CHECK(hears(here, mine));
    CHECK(hears(there, theirs));
  }
}

TEST_CASE("a call to a server of another node ends with that") {
  two_nodes both;
  node& first = both.first;
  node& second = both.second;
  thread_process there(second);
  const auto who = first.spawn<silent>();
  std::jthread ender([&] { first.exit(who, runtime::reason::shutdown); });
  CHECK_THROWS_AS(there.call(who, tests::patience, 1), runtime::call_failed);
}

TEST_CASE("a name is for a process of its node") {
  two_nodes both;
  node& first = both.first;
  node& second = both.second;
  const auto who = first.spawn<silent>();
  CHECK_THROWS_AS(second.register_name("x", who), std::invalid_argument);
  CHECK_FALSE(second.whereis("x"));
  const auto own = second.spawn<silent>();
  CHECK_NOTHROW(second.register_name("x", own));
  CHECK(second.whereis("x") == own);
}

TEST_CASE("a timer of another node is no timer here") {
  two_nodes both;
  node& first = both.first;
  node& second = both.second;
  thread_process here(first);
  thread_process there(second);
  std::vector<reference> timers;
  for (int i = 0; i < 5; ++i) {
    timers.push_back(here.in_process(
        [](runtime::process& self) { return self.send_after(1h, self, 1); }));
    static_cast<void>(there.in_process(
        [](runtime::process& self) { return self.send_after(1h, self, 1); }));
  }
  there.in_process([&](runtime::process& self) {
    for (const auto each : timers) {
      CHECK_FALSE(self.read_timer(each));
      CHECK_FALSE(self.cancel_timer(each));
    }
  });
  CHECK_THROWS_AS(second.timers_of(timers.front()), std::invalid_argument);
  for (const auto each : timers)
    CHECK(first.timers_of(each).cancel(each));
}
