// Where a message of a topic was broadcast, and what of each such source a position
// includes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace websock::channels {

/// The broadcasts of one node in one topic are numbered from 1, without gaps. A node that
/// can no longer count on is another source.
struct origin {
  std::string source;
  std::uint64_t number = 0;

  friend bool operator==(const origin&, const origin&) = default;
};

/// The octets of a source's name, at most.
inline constexpr std::size_t most_source_octets = 64;

/// What a client has seen: what `recover` says besides epoch and offset.
struct seen_sources {
  std::uint64_t when = 0;     // by the clock of the node that said so, in microseconds
  std::vector<origin> last{}; // of each source
};

} // namespace websock::channels
