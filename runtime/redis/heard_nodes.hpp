// The other nodes on a channel: who is there, and which of their publications are
// missing.
#pragma once

#include "../address/node_events.hpp"
#include "../time/clock.hpp"
#include "envelope.hpp"
#include "gap.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace websock::runtime::redis {

/// A node that has come, or is gone.
using node_change = std::variant<node_up, node_down>;

/// What an envelope says of its sender.
struct heard {
  enum class order : std::uint8_t {
    next,    // in order, maybe after a gap
    late,    // reported as lost already, or a repetition: to be dropped
    ignored, // there are too many nodes to remember this one
  };
  order place = order::next;
  std::vector<pubsub::gap> missing{};
  std::vector<node_change> changes{}; // in their order
};

/// Knows a node from the first envelope on that arrives from it: what is missing is
/// counted from there. Bounded: beyond `most_nodes` the one that has been silent for
/// longest is forgotten, if it is away.
class heard_nodes {
public:
  static constexpr std::size_t most_nodes = 1'024;

  /// A node that has said nothing for `silence` is away.
  explicit heard_nodes(duration silence) : silence_(silence) {}

  [[nodiscard]] heard publication(const sender_mark& from, time_point now);
  [[nodiscard]] heard beat(const sender_mark& from, time_point now);
  /// Its last word: all that it has published is known.
  [[nodiscard]] heard leave(const sender_mark& from, time_point now);
  /// The subscription was lost: lives of nodes may have begun and ended unheard.
  void interrupted() noexcept;
  /// The nodes that are away by now, each once until it is heard again. To be called from
  /// time to time, as silence makes no sound.
  [[nodiscard]] std::vector<node_change> fallen_silent(time_point now);
  /// All nodes that were there: this one hears of none any more.
  [[nodiscard]] std::vector<node_change> taken_leave();

  /// The nodes that are there, in the order of their names.
  [[nodiscard]] std::vector<std::string> present(time_point now) const;
  [[nodiscard]] bool has(std::string_view name, time_point now) const;

private:
  struct state {
    std::uint64_t epoch = 0;
    std::uint64_t epoch_before = 0; // what still arrives from it is late
    std::uint64_t last = 0;
    time_point heard_at{};
    bool has_left = false;
    bool may_have_missed = false; // the subscription was lost since
    bool is_up = false;           // as the changes have it
  };

  [[nodiscard]] heard upto(const sender_mark& from, std::uint64_t expected,
                           time_point now);
  [[nodiscard]] static std::vector<pubsub::gap>
  begin_life(state& node, const sender_mark& from, std::uint64_t expected);
  /// `node`, from which something was heard, is there.
  [[nodiscard]] heard rise(const std::string& node, heard result);
  [[nodiscard]] static node_change fall(const std::string& name, state& node,
                                        const char* why);
  [[nodiscard]] bool make_room(time_point now);
  [[nodiscard]] bool is_present(const state& node, time_point now) const noexcept;

  const duration silence_;
  std::map<std::string, state, std::less<>> nodes_;
};

} // namespace websock::runtime::redis
