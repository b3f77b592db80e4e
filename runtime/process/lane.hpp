// How a topic's messages pass a subscriber by: a subscription may have others take them
// in its place.
#pragma once

#include "../address/pid.hpp"
#include "../term/term.hpp"

#include <memory>
#include <utility>

namespace websock::runtime {

class process;

/// What others get for the messages of a topic. Subscriptions that share one are told
/// apart no further: what it says of a message is asked once for all of them.
class redirection {
public:
  redirection() = default;
  redirection(const redirection&) = delete;
  redirection& operator=(const redirection&) = delete;
  virtual ~redirection() = default;

  /// What goes out for `published`; null when that goes to the subscriber. Valid as long
  /// as `published`. Called on a shard, while messages are published: it sends nothing.
  [[nodiscard]] virtual const term* instead_of(const term& published) const noexcept = 0;
};

/// Belongs to one subscription. Source: what Phoenix.PubSub keeps for one as its
/// metadata, with which a fastlane dispatches.
class lane {
public:
  /// `target` is a process of the subscriber's shard, which may be dead.
  lane(pid target, std::shared_ptr<const redirection> how) noexcept
      : target_(std::move(target)), how_(std::move(how)) {}

  /// Who gets something in the subscriber's place.
  [[nodiscard]] const pid& target() const noexcept { return target_; }
  [[nodiscard]] const redirection& how() const noexcept { return *how_; }

private:
  const pid target_;
  const std::shared_ptr<const redirection> how_;
};

} // namespace websock::runtime
