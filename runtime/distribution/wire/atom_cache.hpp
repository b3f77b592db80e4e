// The atoms that a peer has named once and refers to by number since (erl_ext_dist,
// "Distribution Header"): the cache of a connection, and the references of one packet.
#pragma once

#include "../etf/atom_table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// The cache of the receiving side. What it holds is bounded: 2048 atoms of at most 255
/// characters.
class atom_cache {
public:
  static constexpr std::size_t size = 2048; // 8 segments of 256

  /// Replaces the atom of an entry. Views of the previous one end.
  void put(std::uint16_t entry, std::string_view name);

  /// The atom of an entry, empty if none was put there. Valid until the next `put`.
  [[nodiscard]] std::string_view at(std::uint16_t entry) const noexcept;
  [[nodiscard]] bool has(std::uint16_t entry) const noexcept;

private:
  struct slot {
    std::string name;
    bool is_set = false; // the atom '' has an empty name
  };
  std::unique_ptr<std::array<slot, size>> slots_; // from the first atom on
};

/// The references of one packet's header, in the order of ATOM_CACHE_REF's index. Valid
/// until the cache's next packet.
class atom_references final : public etf::atom_table {
public:
  static constexpr std::size_t most = 255;

  explicit atom_references(const atom_cache& cache) noexcept : cache_(&cache) {}

  [[nodiscard]] std::optional<std::string_view>
  find(std::uint8_t index) const noexcept override;

  void clear() noexcept { count_ = 0; }
  void add(std::uint16_t entry) noexcept { entries_[count_++] = entry; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// Whether an earlier reference of this packet is to the same entry.
  [[nodiscard]] bool names(std::uint16_t entry) const noexcept;

private:
  const atom_cache* cache_;
  std::size_t count_ = 0;
  std::array<std::uint16_t, most> entries_{};
};

} // namespace websock::runtime::distribution
