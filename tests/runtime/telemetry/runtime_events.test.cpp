// The events of processes and supervisors.
#include "websock/runtime/telemetry/runtime_events.hpp"

#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/supervisor/supervisor.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;
namespace events = websock::runtime::events;

using namespace std::chrono_literals;
using runtime::event;
using runtime::pid;

namespace {

class worker final : public runtime::behaviour {
  void on_message(runtime::term message) override {
    if (message.is<std::string>())
      throw std::runtime_error(message.get<std::string>());
    runtime::process::exit(runtime::reason::normal);
  }
};

/// Has room for one message.
class crowded final : public runtime::behaviour {
  void on_start() override {
    self().limit_mailbox({.max_messages = 1, .policy = runtime::when_full::drop_newest});
  }
  void on_message(runtime::term) override {}
};

/// A stepped node, and the events that happened there, by their names without "websock.".
struct scene {
  explicit scene(std::vector<runtime::event_name> names) {
    on.node().events().attach("test", std::move(names), [this](const event& what) {
      heard.emplace_back(what.name.text().substr(8));
      if (const auto* who = what.find<pid>("pid"))
        who_ = *who;
      if (const auto* why = what.find<runtime::exit_reason>("reason"))
        heard.back() += " " + to_string(*why);
      if (const auto* child = what.find<std::string>("child"))
        heard.back() += " " + *child;
      if (const auto dropped = what.measured("dropped"))
        heard.back() += " " + std::to_string(*dropped);
      if (const auto handled = what.measured("messages_handled"))
        heard.back() += " after " + std::to_string(*handled);
    });
  }

  runtime::testing::stepped_node on{1};
  std::vector<std::string> heard;
  pid who_;
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("a process tells that it starts, and with which reason it exits") {
  scene it({events::process_start, events::process_exit, events::process_crash});
  const auto who = it.on.node().spawn<worker>();
  it.on.run_until_idle();
  CHECK(it.heard == lines{"process.start"});
  CHECK(it.who_ == who);
  runtime::send(who, 1);
  it.on.run_until_idle();
  CHECK(it.heard == lines{"process.start", "process.exit normal after 1"});
}

TEST_CASE("a process that throws tells the crash before its exit") {
  scene it({events::process_exit, events::process_crash});
  const auto who = it.on.node().spawn<worker>();
  runtime::send(who, std::string("broken"));
  it.on.run_until_idle();
  CHECK(it.heard
        == lines{"process.crash error: broken", "process.exit error: broken after 1"});
}

TEST_CASE("a process that is killed before its first turn tells neither start nor exit") {
  scene it({events::process_start, events::process_exit});
  const auto who = it.on.node().spawn<worker>();
  it.on.node().exit(who, runtime::reason::kill);
  it.on.run_until_idle();
  CHECK(it.heard == lines{});
}

TEST_CASE("a full mailbox tells how many messages it has dropped") {
  scene it({events::mailbox_full});
  const auto who = it.on.node().spawn<crowded>();
  it.on.run_until_idle();
  for (int i = 0; i < 3; ++i)
    runtime::send(who, i);
  it.on.run_until_idle();
  CHECK(it.heard == lines{"mailbox.full 1", "mailbox.full 1"});
}

TEST_CASE("a supervisor tells each restart, and that it gives up") {
  scene it({events::supervisor_restart, events::supervisor_gave_up});
  static_cast<void>(it.on.node().spawn<runtime::supervisor>(runtime::supervisor_options{
      .max_restarts = 1, .children = {runtime::child<worker>("worker")}}));
  it.on.run_until_idle();
  const auto crash_all = [&] {
    for (std::size_t i = 0; i < it.on.node().shard_count(); ++i)
      for (const auto& each : it.on.node().shard_at(i).processes())
        if (runtime::detail::find_block(each)->type_name().ends_with("worker"))
          runtime::send(each, std::string("broken"));
    it.on.run_until_idle();
  };
  crash_all();
  CHECK(it.heard == lines{"supervisor.restart worker"});
  crash_all();
  CHECK(it.heard == lines{"supervisor.restart worker", "supervisor.gave_up worker"});
}

TEST_CASE("a process tells once that it is suspended, and that it goes on") {
  using by = runtime::detail::process_block::suspended_by;
  scene it({events::process_suspend, events::process_resume});
  const auto who = it.on.node().spawn<worker>();
  it.on.run_until_idle();
  auto& block = *runtime::detail::find_block(who);
  block.suspend(by::socket);
  block.suspend(by::node);
  block.resume(by::socket);
  CHECK(it.heard == lines{"process.suspend"});
  block.resume(by::node);
  CHECK(it.heard == lines{"process.suspend", "process.resume"});
}

TEST_CASE("a handler that throws is detached, and the log names it") {
  runtime::testing::stepped_node on{1};
  on.node().events().attach("broken", {events::process_start},
                            [](const event&) { throw std::runtime_error("no"); });
  static_cast<void>(on.node().spawn<worker>());
  static_cast<void>(on.node().spawn<worker>());
  on.run_until_idle();
  CHECK(on.log_lines() == lines{"event handler broken is detached: no"});
}

TEST_CASE("a callback that holds its shard is told while it runs") {
  tests::channel<std::string> told;
  std::atomic<bool> is_told{false};
  runtime::node node({.shards = 1,
                      .pool_threads = 1,
                      .slow_turn = 5ms,
                      .log = [](runtime::log_level, std::string_view) {}});
  node.events().attach("test", {events::turn_slow}, [&](const event& what) {
    told.put(*what.find<std::string>("who"));
    is_told = true;
  });
  static_cast<void>(node.spawn([&](runtime::process&) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!is_told && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
  }));
  CHECK(told.take().starts_with("process "));
}
