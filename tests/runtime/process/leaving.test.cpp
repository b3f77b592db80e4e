// A process that belongs to very many groups, or to one with very many members, and
// leaves: the cost grows linearly.
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/process_group.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/registry/registry.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/echo_server.hpp"
#include "tests/support/puppet.hpp"

#include <ctime>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

constexpr int many = 40'000;

/// How much processor time `work` takes. It took 10 s and more where this is used.
template <class F>
[[nodiscard]] double seconds_of(F work) {
  const auto before = std::clock();
  work();
  return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
}
#ifdef WEBSOCK_SANITIZED
constexpr double in_time = 10;
constexpr int very_often = 100'000;
#else
constexpr double in_time = 2;
constexpr int very_often = 1'000'000; // whose chain fits no stack
#endif

[[nodiscard]] std::string numbered(int i) {
  return "place " + std::to_string(i);
}

/// In which order the numbers below `many` are gone through.
[[nodiscard]] int nth(int i, bool is_forwards) {
  return is_forwards ? i : many - 1 - i;
}

struct scene {
  stepped_node node{1};
  tester me{node};
};

} // namespace

TEST_CASE("a process leaves many keys of a registry") {
  scene on;
  runtime::registry names(runtime::registry::keys_are::unique);
  const bool is_forwards = GENERATE(true, false);
  const auto one = on.node.spawn<puppet>();
  tell(one, [&](process& self) {
    for (int i = 0; i < many; ++i)
      CHECK_FALSE(names.register_key(self, numbered(i)).already_registered);
  });
  on.node.run_until_idle();
  CHECK(names.count() == many);
  CHECK(names.keys(one).at(7) == numbered(7));
  SECTION("one by one") {
    tell(one, [&](process& self) {
      for (int i = 0; i < many; ++i)
        names.unregister_key(self, numbered(nth(i, is_forwards)));
    });
  }
  SECTION("at its end") {
    on.node.node().exit(one, runtime::reason::shutdown);
  }
  CHECK(seconds_of([&] { on.node.run_until_idle(); }) < in_time);
  CHECK(names.count() == 0);
}

TEST_CASE("a process leaves many topics") {
  scene on;
  const bool is_forwards = GENERATE(true, false);
  const auto one = on.node.spawn<puppet>();
  tell(one, [&](process& self) {
    for (int i = 0; i < many; ++i)
      runtime::pubsub::subscribe(self, numbered(i));
    for (int i = 0; i < many; ++i)
      runtime::pubsub::subscribe(self, "twice as many times to one");
  });
  on.node.run_until_idle();
  tell(one, [&](process& self) {
    for (int i = 0; i < many; ++i)
      runtime::pubsub::unsubscribe(self, numbered(nth(i, is_forwards)));
    runtime::pubsub::unsubscribe(self, "twice as many times to one");
    CHECK(self.shard().topics().subscribers(numbered(0)) == 0);
  });
  CHECK(seconds_of([&] { on.node.run_until_idle(); }) < in_time);
}

TEST_CASE("a process leaves a topic that it has subscribed to very often, or ends") {
  scene on;
  const auto one = on.node.spawn<puppet>();
  const bool ends = GENERATE(true, false);
  tell(one, [&](process& self) {
    for (int i = 0; i < very_often; ++i)
      runtime::pubsub::subscribe(self, "one");
    if (ends)
      process::exit(runtime::reason::normal);
    runtime::pubsub::unsubscribe(self, "one");
  });
  on.node.run_until_idle();
  CHECK(one.is_alive() != ends);
}

TEST_CASE("many processes leave one key of a registry") {
  scene on;
  runtime::registry names(runtime::registry::keys_are::duplicate);
  std::vector<pid> all;
  for (int i = 0; i < many; ++i)
    all.push_back(on.node.spawn<puppet>(
        [&](process& self) { static_cast<void>(names.register_key(self, "room")); }));
  on.node.run_until_idle(10'000'000);
  CHECK(names.lookup("room").size() == many);
  const bool is_forwards = GENERATE(true, false);
  for (int i = 0; i < many; ++i)
    on.node.node().exit(all[static_cast<std::size_t>(nth(i, is_forwards))],
                        runtime::reason::shutdown);
  CHECK(seconds_of([&] { on.node.run_until_idle(10'000'000); }) < in_time);
  CHECK(names.count() == 0);
}

TEST_CASE("many processes leave one group, and one process many groups") {
  scene on;
  runtime::process_group::scope scope;
  std::vector<pid> all;
  for (int i = 0; i < many; ++i)
    all.push_back(on.node.spawn<puppet>());
  on.node.run_until_idle(10'000'000);
  scope.join("room", all);
  for (int i = 0; i < many; ++i)
    scope.join(numbered(i), {all.front()});
  on.node.run_until_idle(10'000'000);
  const bool is_forwards = GENERATE(true, false);
  for (int i = 0; i < many; ++i)
    on.node.node().exit(all[static_cast<std::size_t>(nth(i, is_forwards))],
                        runtime::reason::shutdown);
  CHECK(seconds_of([&] { on.node.run_until_idle(10'000'000); }) < in_time);
  CHECK(scope.which_groups().empty());
}

TEST_CASE("many processes end their monitors of one group") {
  scene on;
  runtime::process_group::scope scope;
  std::vector<pid> all;
  for (int i = 0; i < many; ++i)
    all.push_back(on.node.spawn<puppet>([&](process& self) {
      static_cast<void>(scope.monitor(self, "room"));
      static_cast<void>(scope.monitor_scope(self));
    }));
  on.node.run_until_idle(10'000'000);
  for (std::size_t i = all.size(); i > 0; --i)
    on.node.node().exit(all[i - 1], runtime::reason::shutdown);
  CHECK(seconds_of([&] { on.node.run_until_idle(10'000'000); }) < in_time);
}

TEST_CASE("an answer to a call is found whatever waits in the mailbox of the caller") {
  scene on;
  const auto server = on.node.spawn<echo_server>();
  const auto one = on.node.spawn([&](process& self) -> runtime::waiting<> {
    for (int i = 0; i < 2 * many; ++i)
      self.send(self.pid(), i);
    for (int i = 0; i < 4'000; ++i)
      CHECK(co_await self.call<int>(server, 5s, i) == i);
  });
  CHECK(seconds_of([&] {
          static_cast<void>(on.me.monitor(one)); // runs all that there is to do
          on.node.run_until_idle(10'000'000);
        })
        < in_time);
  CHECK(reason_of_down(on.me, 0s) == "normal");
}

TEST_CASE("an answer to a call of a thread is found whatever waits for the thread") {
  scene on;
  const auto server = on.node.spawn<echo_server>();
  for (int i = 0; i < 2 * many; ++i)
    runtime::send(on.me.pid(), i);
  on.node.run_until_idle(10'000'000);
  CHECK(seconds_of([&] {
          for (int i = 0; i < 4'000; ++i)
            static_cast<void>(on.me.call<int>(server, 5s, i));
        })
        < in_time);
}

TEST_CASE("a process that has ended keeps nobody else, in a chain of a million") {
  scene on;
  class successor final : public runtime::gen_server {
  public:
    successor(int left, pid& last) : left_(left), last_(last) {}

  private:
    runtime::server_result init() override {
      if (left_ > 0) {
        self().spawn<successor>(left_ - 1, std::ref(last_));
        return runtime::stop(runtime::reason::normal);
      }
      last_ = self().pid();
      CHECK(self().parent());
      return runtime::noreply();
    }
    const int left_;
    pid& last_;
  };
  pid last;
  on.node.spawn<successor>(1'000'000, std::ref(last));
  on.node.run_until_idle(10'000'000);
  REQUIRE(last);
  on.node.node().exit(last, runtime::reason::shutdown);
  on.node.run_until_idle();
  last = {}; // no stack is deep enough to free a million, one within the other
}
