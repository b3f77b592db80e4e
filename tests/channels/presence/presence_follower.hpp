// Who follows the presences of a topic on a running node.
#pragma once

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/presence.hpp"
#include "websock/runtime/pubsub.hpp"
#include "websock/runtime/thread_process.hpp"

#include "tests/support/channel.hpp"

#include <chrono>
#include <cstddef>
#include <set>
#include <string>

namespace runtime = websock::runtime;

namespace tests {

inline const std::string room = "room:1";

/// Follows a topic by its diffs alone.
class presence_follower {
public:
  explicit presence_follower(runtime::node& node) : me_(node) {
    me_.in_process(
        [](runtime::process& self) { runtime::pubsub::subscribe(self, room); });
  }
  /// Until the references that it knows are those of the list of `people`.
  [[nodiscard]] bool agrees_with(const websock::channels::presence& people) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (known_ != references(people)) {
      if (std::chrono::steady_clock::now() > end)
        return false;
      hear_one();
    }
    return true;
  }
  /// Until that many are present.
  [[nodiscard]] bool hears_of(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (known_.size() != count && std::chrono::steady_clock::now() < end)
      hear_one();
    return known_.size() == count;
  }
  /// No diff had a join of what was there, or a leave of what was not.
  [[nodiscard]] bool is_consistent() const { return is_consistent_; }
  /// In all diffs.
  [[nodiscard]] std::size_t leaves() const { return leaves_; }

private:
  void hear_one() {
    me_.receive(std::chrono::milliseconds(100),
                [&](const websock::channels::broadcast_message& diff) {
                  const auto& payload = diff.body();
                  const auto gone = references(payload["leaves"]);
                  leaves_ += gone.size();
                  for (const auto& each : gone)
                    is_consistent_ = known_.erase(each) == 1 && is_consistent_;
                  for (const auto& each : references(payload["joins"]))
                    is_consistent_ = known_.insert(each).second && is_consistent_;
                });
  }
  [[nodiscard]] static std::set<std::string>
  references(const websock::channels::presence& people) {
    return references(people.list(room));
  }
  [[nodiscard]] static std::set<std::string> references(const websock::json& presences) {
    std::set<std::string> all;
    for (const auto& each : presences)
      for (const auto& meta : each["metas"])
        all.insert(meta["phx_ref"].get<std::string>());
    return all;
  }

  runtime::thread_process me_;
  std::set<std::string> known_;
  std::size_t leaves_ = 0;
  bool is_consistent_ = true;
};

} // namespace tests
