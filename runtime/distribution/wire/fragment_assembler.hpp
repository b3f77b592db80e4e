// Puts fragments together again (erl_ext_dist, "Distribution Header for fragmented
// messages"): several sequences may be under way, the fragments of each in order.
#pragma once

#include "atom_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime::distribution {

/// Copies of the atoms of a first fragment: the cache goes on while the rest arrives.
class kept_atoms final : public etf::atom_table {
public:
  kept_atoms() = default;
  explicit kept_atoms(const atom_references& references);

  [[nodiscard]] std::optional<std::string_view>
  find(std::uint8_t index) const noexcept override;

  /// Octets of memory, about.
  [[nodiscard]] std::size_t weight() const noexcept;

private:
  std::string text_; // all names, one behind the other
  std::vector<std::uint32_t> ends_;
};

/// The control message and payload of a complete sequence.
struct assembled_packet {
  std::string octets;
  kept_atoms atoms;
};

struct fragment_limits {
  /// Octets of all unfinished sequences together. As each sequence grows by doubling,
  /// twice as much memory may be taken.
  std::size_t octets = std::size_t{64} * 1024 * 1024;
  /// Unfinished sequences: a peer has at most one for each of its processes that send.
  std::size_t sequences = 4096;
};

/// Memory follows what has arrived; the number of fragments that a first one announces is
/// only counted down.
class fragment_assembler {
public:
  explicit fragment_assembler(fragment_limits limits) noexcept : limits_(limits) {}

  /// Starts a sequence of `fragments`, more than one. Throws etf::malformed if one of the
  /// same number is unfinished, or above a limit.
  void begin(std::uint64_t sequence, std::uint64_t fragments, std::string_view octets,
             const atom_references& references);

  /// Adds the next fragment and returns the whole behind fragment 1. Throws
  /// etf::malformed for a sequence that has not begun, a fragment out of order, or above
  /// a limit.
  [[nodiscard]] std::optional<assembled_packet>
  add(std::uint64_t sequence, std::uint64_t fragment, std::string_view octets);

  /// Octets and number of the unfinished sequences.
  [[nodiscard]] std::size_t held() const noexcept { return held_; }
  [[nodiscard]] std::size_t unfinished() const noexcept { return sequences_.size(); }

private:
  struct sequence_state {
    std::uint64_t expected = 0; // the next fragment
    std::size_t weight = 0;     // what it adds to held_
    assembled_packet packet;
  };

  void append(sequence_state& state, std::string_view octets);
  void weigh(sequence_state& state, std::size_t octets);

  fragment_limits limits_;
  std::size_t held_ = 0;
  std::map<std::uint64_t, sequence_state> sequences_;
};

} // namespace websock::runtime::distribution
