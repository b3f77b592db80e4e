// Replays recorded scenarios of Phoenix: does what the clients and the tester did, and
// compares what each client gets, in order, and what the callbacks hear.
#pragma once

#include "websock/channels/envelope/json.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tests::recorded {

/// How a scenario is replayed.
struct manner {
  /// How much time passes after each thing that a client sends.
  std::chrono::milliseconds pause{0};
  /// Whether what a client sends in a row arrives at once.
  bool at_once = false;
  /// Whether only the order within each topic is compared: joins do not hold up others.
  bool by_topic = false;
  /// Where ours differs: changes a step, or a callback, of the record before it is used.
  std::function<void(websock::json& step)> changed_step = [](websock::json&) {};
  std::function<void(websock::json& callback)> changed_callback = [](websock::json&) {};
  /// Changes what a client got before it is compared; false: it does not count.
  std::function<bool(websock::json& answer)> is_counted = [](websock::json&) {
    return true;
  };
  bool compares_callbacks = true;
  std::vector<websock::json> more_callbacks{}; // than the record has
};

/// The scenario of tests/semantics/channels.json with this id.
[[nodiscard]] websock::json scenario_of(const std::string& id);
/// Leaves of a callback what all servers have in common: of a crash that it was one.
void normalize(websock::json& callback);

/// Replays the scenario of tests/semantics/channels.json with this id, under any
/// schedule.
void replay(const std::string& id, const manner& how = {});

} // namespace tests::recorded
