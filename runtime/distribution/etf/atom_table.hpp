// What resolves the atoms that a message of the distribution only refers to.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace websock::runtime::etf {

/// The atoms of one distribution header, by the index that ATOM_CACHE_REF carries.
/// Source: erl_ext_dist, Distribution Header.
class atom_table {
public:
  virtual ~atom_table() = default;

  /// The atom's name in UTF-8, valid while the table stays unchanged; nullopt: the header
  /// has no such index.
  [[nodiscard]] virtual std::optional<std::string_view>
  find(std::uint8_t index) const noexcept = 0;
};

} // namespace websock::runtime::etf
