// Who sees publications of other nodes before their subscribers do.
#pragma once

#include "../term/term.hpp"

#include <string_view>

namespace websock::runtime::detail {

/// A node has at most one. What it takes, it publishes itself.
class arriving_publications {
public:
  arriving_publications() noexcept = default;
  arriving_publications(const arriving_publications&) = delete;
  arriving_publications& operator=(const arriving_publications&) = delete;

  /// Whether it takes `message`, published to `topic` elsewhere. Any thread; those of one
  /// node come one after the other.
  virtual bool take(std::string_view topic, const term& message) = 0;
  /// Of what other nodes have published until now some may never arrive: a way to one of
  /// them has just been opened, for the first time or again. Any thread.
  virtual void interrupted() noexcept = 0;

protected:
  virtual ~arriving_publications() = default;
};

} // namespace websock::runtime::detail
