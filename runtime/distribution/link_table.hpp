// The links between processes of this node and those of one other.
#pragma once

#include "../address/pid.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace websock::runtime::distribution {

/// What the connection knows of each pair; what the local process knows is its own
/// matter. Once this side has unlinked, links and exits of the other side are void until
/// it acknowledges that. Source: erl_dist_protocol, "Link Protocol".
class link_table {
public:
  struct pair {
    pid local;
    pid remote;
    friend bool operator==(const pair&, const pair&) = default;
  };

  /// What a link of the local process entails.
  enum class step : std::uint8_t {
    none,
    send,           // LINK
    send_and_forget // LINK; the unlink before it needs no acknowledgement any more
  };
  /// The local process links itself.
  [[nodiscard]] step link(const pair& both);
  /// The local process unlinks itself: the number for UNLINK_ID; 0 when there was no
  /// link.
  [[nodiscard]] std::uint64_t unlink(const pair& both);
  /// UNLINK_ID_ACK has arrived. True when it ends that unlink.
  bool acknowledge(const pair& both, std::uint64_t id);
  /// LINK has arrived. True when it is to take effect.
  bool link_from(const pair& both);
  /// UNLINK_ID, EXIT, or the end of the local process: removes the link. True when there
  /// was one.
  bool end(const pair& both);

  /// Empties the table. Returns the pairs that were linked, in the order of the local
  /// processes' numbers, and those whose unlink has not been acknowledged.
  struct all {
    std::vector<pair> linked;
    std::vector<pair> unlinking;
  };
  [[nodiscard]] all take_all();
  [[nodiscard]] std::size_t size() const noexcept { return pairs_.size(); }

private:
  struct state {
    bool is_linked = false;
    std::uint64_t unlinking = 0; // the number of the last UNLINK_ID; 0: acknowledged
  };
  struct hash {
    std::size_t operator()(const pair& both) const noexcept {
      return std::hash<pid>{}(both.local) * 31 + std::hash<pid>{}(both.remote);
    }
  };

  std::unordered_map<pair, state, hash> pairs_;
  std::uint64_t last_unlink_ = 0;
};

} // namespace websock::runtime::distribution
