// Scopes of process groups in a test: processes that stay, and the events of a scope in
// short.
#pragma once

#include "websock/runtime/process_group.hpp"

#include "tests/distribution/cluster_pair.hpp"

#include <string>
#include <vector>

namespace tests {

/// Ends when it gets a message.
class sleeper final : public runtime::behaviour {
private:
  void on_message(runtime::term) override {
    runtime::process::exit(runtime::reason::normal);
  }
};

/// Hears all events of a scope.
class group_watch {
public:
  group_watch(runtime::node& node, runtime::process_group::scope& groups) : me_(node) {
    me_.in_process(
        [&](runtime::process& self) { static_cast<void>(groups.monitor_scope(self)); });
  }
  /// As in "+lobby b b": two of b's have joined; "-lobby b"; "" when the time is up.
  [[nodiscard]] std::string next(std::chrono::milliseconds limit = patience) {
    std::string event;
    static_cast<void>(me_.receive(
        limit,
        [&](const runtime::process_group::joined& now) {
          event = text("+", now.group, now.pids);
        },
        [&](const runtime::process_group::left& now) {
          event = text("-", now.group, now.pids);
        }));
    return event;
  }

private:
  [[nodiscard]] static std::string text(const char* what, const std::string& group,
                                        const std::vector<runtime::pid>& pids) {
    std::string all = what + group;
    for (const auto& each : pids) {
      const auto shown = to_string(each);
      all += ' ';
      all += each.is_remote() ? shown.substr(1, shown.find('@') - 1) : "here";
    }
    return all;
  }

  runtime::thread_process me_;
};

} // namespace tests
