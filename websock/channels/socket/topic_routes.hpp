// Which channel serves which topic.
#pragma once

#include "websock/channels/channel/channel_factory.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace websock::channels {

/// Routes in the order of their declaration: the first that matches counts.
class topic_routes {
public:
  /// "room:*" matches every topic that starts with "room:"; a pattern without a star only
  /// itself. Throws std::invalid_argument for a star elsewhere than at the end, and for
  /// the topic "phoenix", which is the protocol's own.
  void add(std::string_view pattern, channel_factory make);
  /// Null if none matches.
  [[nodiscard]] const channel_factory* find(std::string_view topic) const noexcept;

private:
  struct route {
    std::string text; // without the star
    bool is_prefix;
    channel_factory make;
  };
  std::vector<route> routes_;
};

} // namespace websock::channels
