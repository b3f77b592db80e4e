// Another node as presence knows it: its present life, and former ones whose entries are
// still shown for a while.
#pragma once

#include "websock/channels/presence/presence_copy.hpp"
#include "websock/channels/presence/presence_limits.hpp"
#include "websock/channels/presence/presence_view.hpp"
#include "websock/runtime/time/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace websock::channels {

/// up -> greyed (lost: the entries stay) -> hidden (kept, not shown) -> forgotten. Back
/// to up from each but the last, if it is the same life of the node. A life that another
/// has replaced does not come back, and is forgotten instead of hidden.
enum class life_state : std::uint8_t { up, greyed, hidden };

class presence_lives {
public:
  using number = presence_message::number;

  presence_lives(std::string node, const presence_limits& limits,
                 const presence_periods& periods)
      : node_(std::move(node)), limits_(limits), periods_(periods) {}

  /// Something has been heard of that life: its copy. Null when that life is over.
  [[nodiscard]] presence_copy* meet(number creation, runtime::time_point now,
                                    presence_view& view);
  /// The present life, if it is up; else null.
  [[nodiscard]] presence_copy* living() noexcept;
  /// Shows what is hidden once nothing is known to be missing.
  void settle(presence_view& view);
  /// Nothing more is heard of it.
  void lose(runtime::time_point now);
  /// It has said that this life is over.
  void bury(number creation, presence_view& view);
  /// What was to happen by now; call it from time to time.
  void expire(runtime::time_point now, presence_view& view);
  [[nodiscard]] bool is_forgotten() const noexcept {
    return !present_ && former_.empty();
  }

private:
  // More lives within the down period, or more late messages of them, are no restarts.
  static constexpr std::size_t most_former = 2;
  static constexpr std::size_t most_over = 8;

  struct life {
    presence_copy copy;
    life_state state = life_state::up;
    runtime::time_point until = {}; // of what is not up
    runtime::time_point heard = {};
  };

  void replace(presence_view& view, runtime::time_point now);
  void remember_as_over(number creation);
  void grey(life& lost, runtime::time_point now) const;

  const std::string node_;
  const presence_limits limits_;
  const presence_periods periods_;
  std::optional<life> present_;
  std::list<life> former_; // all of them greyed
  std::deque<number> over_;
};

} // namespace websock::channels
