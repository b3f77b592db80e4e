// The application that Phoenix's behaviour was recorded with, in C++: what its callbacks
// do for each event.
#pragma once

#include "websock/channels/envelope/json.hpp"
#include "websock/channels/presence.hpp"
#include "websock/channels/socket/endpoint.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/term/exit_reason.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tests::recorded {

/// What the callbacks note: their names and arguments, as in the record. Any thread.
class notes {
public:
  void add(std::string name, websock::json arguments) {
    const std::lock_guard lock(mutex_);
    callbacks_.push_back(websock::json::array({std::move(name), std::move(arguments)}));
  }
  void add_channel(std::string topic_and_user, const websock::runtime::pid& who) {
    const std::lock_guard lock(mutex_);
    channels_[std::move(topic_and_user)] = who;
  }

  [[nodiscard]] std::vector<websock::json> callbacks() const {
    const std::lock_guard lock(mutex_);
    return callbacks_;
  }
  [[nodiscard]] websock::runtime::pid channel(const std::string& topic_and_user) const {
    const std::lock_guard lock(mutex_);
    return channels_.at(topic_and_user);
  }

private:
  mutable std::mutex mutex_;
  std::vector<websock::json> callbacks_;
  std::map<std::string, websock::runtime::pid> channels_;
};

/// To a channel: what the tester asks for.
struct order {
  std::string what;
  std::string event;
  websock::json body;
};

/// An exit reason in Erlang's notation: `{:shutdown, :left}`, or "error".
[[nodiscard]] std::string noted(const websock::runtime::exit_reason& why);
/// `normal`, `shutdown`, `shutdown_t` or `other`.
[[nodiscard]] websock::runtime::exit_reason reason_called(const std::string& name);

/// The endpoint at a path such as "/socket", whose clients may poll. Null `people`:
/// without presence.
[[nodiscard]] std::shared_ptr<websock::channels::endpoint>
endpoint_at(const std::string& path, notes& all, websock::channels::presence* people);

} // namespace tests::recorded
