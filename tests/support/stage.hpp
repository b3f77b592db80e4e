// A stepped node with the test as a process on it, and scripted connections for the test
// to watch.
#pragma once

#include "websock/runtime/testing/tester.hpp"
#include "websock/testing/client.hpp"

#include "tests/catch.hpp"
#include "tests/support/any_schedule.hpp"
#include "tests/support/inner.hpp"
#include "tests/websock/connection/scripted.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

namespace tests {

using runtime::process;
using websock::testing::script;
using lines = websock::testing::lines;

/// Two shards; the test is the process `me`. Every test with a stage runs under
/// any_schedule.
class stage {
public:
  [[nodiscard]] runtime::reference watch(const runtime::pid& who) {
    return me.monitor(who);
  }
  /// The exit reason that this monitor reported, or "alive".
  [[nodiscard]] std::string end_of(runtime::reference monitor) {
    while (me.receive(runtime::duration::zero(), [&](const runtime::down& gone) {
      CHECK(ends_.emplace(gone.ref, to_string(gone.reason)).second);
    }))
      continue;
    const auto found = ends_.find(monitor);
    return found == ends_.end() ? "alive" : found->second;
  }

  runtime::testing::stepped_node node{any_schedule()};
  runtime::testing::tester me{node};

private:
  std::map<runtime::reference, std::string> ends_;
};

/// A scripted connection on the stage `on`, monitored since before its `init`.
class observed {
public:
  explicit observed(stage& on, script todo = {}, websock::upgrade_options options = {})
      : on_(on), script_(std::make_shared<script>(std::move(todo))),
        peer(websock::testing::connect_with<websock::testing::scripted>(on.node, options,
                                                                        script_)) {
    hold();
    monitor_ = on.watch(pid());
    go_on();
  }

  [[nodiscard]] const runtime::pid& pid() const noexcept { return peer.pid(); }
  [[nodiscard]] const websock::testing::lines& callbacks() const { return script_->log; }
  /// The exit reason that its monitor reported, or "alive".
  [[nodiscard]] std::string end() { return on_.end_of(monitor_); }

  /// Meanwhile, messages wait in its mailbox. Source: erlang:suspend_process.
  void hold() { process().suspend(); }
  void go_on() {
    process().resume();
    on_.node.run_until_idle();
  }
  [[nodiscard]] runtime::detail::process_block& process() const {
    return tests::process_of(pid());
  }

private:
  stage& on_;
  std::shared_ptr<script> script_;
  runtime::reference monitor_;

public:
  websock::testing::client peer;
};

/// The connection has sent nothing, the stream is open and the process is alive.
inline void check_untouched(stage& on, observed& connection) {
  on.me.sleep(std::chrono::milliseconds(150));
  CHECK(connection.peer.received().empty());
  CHECK_FALSE(connection.peer.is_ended());
  CHECK(connection.end() == "alive");
}

/// The client ends its stream without a close frame; `terminate` is the last callback.
inline void check_hang_up(stage& on, observed& connection,
                          websock::testing::lines callbacks) {
  connection.peer.disconnect();
  on.node.run_until_idle();
  callbacks.insert(callbacks.end(), {"terminate {error, error: closed}", "destroyed"});
  CHECK(connection.callbacks() == callbacks);
  CHECK(connection.end() == "{shutdown, \"closed\"}");
}

} // namespace tests
