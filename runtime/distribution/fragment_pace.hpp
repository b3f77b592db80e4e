// How far the fragments of large messages may run ahead: a small message waits behind all
// that has been handed over before it.
#pragma once

#include "../time/clock.hpp"
#include "carrier/carrier.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace websock::runtime::distribution {

/// Measures how fast octets arrive while fragments wait, and keeps as many of them on
/// their way as the network takes in `longest_wait`, and in two round trips, without
/// which it would be idle at times.
class fragment_pace {
public:
  static constexpr duration longest_wait = std::chrono::milliseconds(20);
  /// Before anything is known of the network.
  static constexpr std::size_t first_ahead = 65'536;
  static constexpr std::size_t least_ahead = 16'384;

  /// While fragments wait: `arrived` octets are at the peer since the beginning.
  void look(time_point now, std::uint64_t arrived,
            const network_progress& network) noexcept;
  /// No fragment waits any more: how fast the rest arrives says nothing.
  void rest() noexcept { since_.reset(); }

  /// How many octets may be on their way, those that the carrier still has included.
  [[nodiscard]] std::size_t most_ahead() const noexcept;

  /// When to look again if so many are on their way; nobody tells that they have arrived.
  static constexpr duration next_look = std::chrono::milliseconds(2);

private:
  // Shorter, it would measure how acknowledgements come in groups.
  static constexpr duration shortest_window = std::chrono::milliseconds(10);

  double octets_per_second_ =
      double{first_ahead} / std::chrono::duration<double>(longest_wait).count();
  duration round_trip_{};           // the shortest
  std::optional<time_point> since_; // the window
  std::uint64_t arrived_before_ = 0;
};

} // namespace websock::runtime::distribution
