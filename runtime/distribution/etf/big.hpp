// An integer that 64 bits do not hold.
#pragma once

#include <compare>
#include <string>

namespace websock::runtime::etf {

/// Kept as it travels, never computed with. Source: erl_ext_dist, SMALL_BIG_EXT.
struct big {
  bool is_negative = false;
  std::string magnitude; // base 256, least significant octet first, no zeros at its end

  friend bool operator==(const big&, const big&) = default;
  friend auto operator<=>(const big&, const big&) = default;
  /// In decimal digits; `16#...` when it is longer than a line.
  friend std::string to_string(const big& subject);
};

} // namespace websock::runtime::etf
