// Where a message stands in the history of its topic.
#pragma once

#include <cstdint>
#include <string>

namespace websock::channels {

/// Messages of one epoch are numbered from 1, without gaps. A history that is begun again
/// has another epoch.
struct position {
  std::string epoch;
  std::uint64_t offset = 0; // 0: before the first message
  /// In a cluster: what it includes of each source, as seen_text says it.
  std::string seen{};

  friend bool operator==(const position&, const position&) = default;
};

} // namespace websock::channels
