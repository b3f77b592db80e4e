// Calls the thread-safe functions from many threads while processes run and the node
// stops. For ThreadSanitizer, which sees what a test cannot.
#include "websock/runtime/address/name_table.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/send_timers.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/process_group.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/registry/registry.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::node;
using runtime::pid;
using runtime::process;

namespace {

struct extension {
  explicit extension(node&) {}
};

/// In a topic, a group and a table, with a timer; and now and then another takes its
/// place.
class busy final : public runtime::gen_server {
public:
  busy(runtime::registry& table, runtime::process_group::scope& groups,
       std::atomic<std::uint64_t>& timer)
      : table_(table), groups_(groups), timer_(timer) {}

private:
  runtime::server_result init() override {
    runtime::pubsub::subscribe(self(), "topic");
    static_cast<void>(table_.register_key(self(), "key"));
    groups_.join("group", self().pid());
    timer_ = self().send_interval(1ms, self(), 1).value();
    return runtime::noreply();
  }
  runtime::server_result handle_info(runtime::term) override {
    if (++handled_ % 50 != 0)
      return runtime::noreply();
    self().spawn<busy>(std::ref(table_), std::ref(groups_), std::ref(timer_));
    return runtime::stop(runtime::reason::normal);
  }
  runtime::registry& table_;
  runtime::process_group::scope& groups_;
  std::atomic<std::uint64_t>& timer_;
  int handled_ = 0;
};

/// Everything of a node that is for any thread.
void use(node& on, const pid& who, runtime::reference timer, const std::string& name) {
  runtime::send(who, 1);
  runtime::pubsub::broadcast(on, "topic", 2);
  static_cast<void>(on.extension<extension>());
  static_cast<void>(on.whereis(name));
  static_cast<void>(on.process_count());
  static_cast<void>(on.messages_dropped());
  static_cast<void>(on.is_running());
  static_cast<void>(on.names().registered());
  static_cast<void>(runtime::processes(on));
  static_cast<void>(runtime::info(who));
  on.shard_at(0).post([](runtime::shard& here) { static_cast<void>(here.now()); });
  static_cast<void>(on.shard_at(0).turn());
  on.run_in_pool([] {});
  const auto brief = on.spawn([](process&) {});
  try {
    on.register_name(name, brief);
    on.names().remove(name);
  } catch (const std::invalid_argument&) { // it is dead already
  }
  on.exit(brief, runtime::reason::kill);
  if (timer) {
    auto& timers = on.timers_of(timer);
    static_cast<void>(timers.read(timer));
    static_cast<void>(timers.size());
    static_cast<void>(timers.cancel(timer));
  }
}

} // namespace

TEST_CASE("what is for any thread is used by many while a node runs, stops and is over") {
  runtime::registry table(runtime::registry::keys_are::duplicate);
  runtime::process_group::scope groups;
  std::atomic<std::uint64_t> timer{0};
  std::atomic<bool> is_over{false};
  std::atomic<int> done{0};
  node subject({.shards = 2,
                .pool_threads = 2,
                .stop_timeout = 0ms,
                .slow_turn = 1ms,
                .log = [](runtime::log_level, std::string_view) {}});
  const auto who =
      subject.spawn<busy>(std::ref(table), std::ref(groups), std::ref(timer));
  for (int i = 0; i < 4; ++i)
    subject.spawn<busy>(std::ref(table), std::ref(groups), std::ref(timer));
  std::vector<std::jthread> users;
  for (int i = 0; i < 3; ++i)
    users.emplace_back([&, name = std::to_string(i)] {
      for (int after = 0; after < 10; after += is_over ? 1 : 0) {
        use(subject, who, runtime::reference(timer), name);
        static_cast<void>(table.lookup("key"));
        static_cast<void>(groups.members("group"));
        ++done;
      }
    });
  while (done < 300)
    std::this_thread::yield();
  subject.stop();
  is_over = true;
  users.clear();
  CHECK(subject.process_count() == 0);
  CHECK(table.lookup("key").empty());
  CHECK(groups.members("group").empty());
}
