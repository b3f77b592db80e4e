// A port of Erlang as it travels. We have none: it is kept and sent on.
#pragma once

#include "atom.hpp"

#include <compare>
#include <cstdint>
#include <string>

namespace websock::runtime::etf {

/// Source: erl_ext_dist, V4_PORT_EXT.
struct port {
  atom node;
  std::uint64_t id = 0;
  std::uint32_t creation = 0;

  friend bool operator==(const port&, const port&) = default;
  friend auto operator<=>(const port&, const port&) = default;
  /// `#Port<chat@host.17>`
  friend std::string to_string(const port& subject);
};

} // namespace websock::runtime::etf
