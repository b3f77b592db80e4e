// An atom of Erlang: a name that stands for itself. It is a string to us, never interned,
// so that no peer can fill a table with names.
#pragma once

#include <compare>
#include <cstddef>
#include <string>

namespace websock::runtime::etf {

/// UTF-8, at most `max_characters` of it. Source: erl_ext_dist, ATOM_UTF8_EXT.
struct atom {
  static constexpr std::size_t max_characters = 255;

  std::string name;

  friend bool operator==(const atom&, const atom&) = default;
  friend auto operator<=>(const atom&, const atom&) = default;
};

} // namespace websock::runtime::etf
