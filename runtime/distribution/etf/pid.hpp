// A process identifier as it travels. What it points to is up to the layers above.
#pragma once

#include "atom.hpp"

#include <compare>
#include <cstdint>
#include <string>

namespace websock::runtime::etf {

/// Source: erl_ext_dist, NEW_PID_EXT.
struct pid {
  atom node;
  std::uint32_t id = 0;
  std::uint32_t serial = 0;
  std::uint32_t creation = 0; // which life of the node; 0 in its own pids matches any

  friend bool operator==(const pid&, const pid&) = default;
  friend auto operator<=>(const pid&, const pid&) = default;
  /// `<chat@host.17.3>`
  friend std::string to_string(const pid& subject);
};

} // namespace websock::runtime::etf
