// A process with a limited mailbox that can be suspended.
#pragma once

#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/puppet.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>

namespace runtime = websock::runtime;

namespace tests {

struct held_process {
  explicit held_process(runtime::mailbox_limit limit)
      : target(node.spawn<puppet>(
          [limit](runtime::process& self) { self.limit_mailbox(limit); }, me.pid())) {
    node.run_until_idle();
  }

  void hold() { tests::suspend(target); }
  void go_on() {
    tests::resume(target);
    node.run_until_idle();
  }
  template <class T>
  void send(std::initializer_list<T> messages) {
    for (const T& each : messages)
      runtime::send(target, each);
    node.run_until_idle();
  }
  [[nodiscard]] lines received() { return reports(me, runtime::duration::zero()); }
  /// What arrived while it was held.
  [[nodiscard]] lines rest() {
    go_on();
    return received();
  }
  [[nodiscard]] runtime::process_info info() {
    const auto found = runtime::info(me, target);
    REQUIRE(found);
    return *found;
  }
  [[nodiscard]] std::uint64_t dropped() { return info().messages_dropped; }

  runtime::testing::stepped_node node{7};
  runtime::testing::tester me{node};
  runtime::pid target;
};

} // namespace tests
