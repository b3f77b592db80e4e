// The octet with which each term begins. Source: erl_ext_dist.
#pragma once

#include "type.hpp"

#include <cstdint>
#include <optional>

namespace websock::runtime::etf {

enum class tag : std::uint8_t {
  new_float = 70,
  bit_binary = 77,
  compressed = 80, // refused: distribution never sends it
  atom_cache_ref = 82,
  new_pid = 88,
  new_port = 89,
  newer_reference = 90,
  small_integer = 97,
  integer = 98,
  old_float = 99,      // read only
  latin1_atom = 100,   // read only
  old_reference = 101, // read only
  old_port = 102,      // read only
  old_pid = 103,       // read only
  small_tuple = 104,
  large_tuple = 105,
  nil = 106,
  string = 107,
  list = 108,
  binary = 109,
  small_big = 110,
  large_big = 111,
  new_fun = 112,
  exported_fun = 113,
  new_reference = 114,     // read only
  small_latin1_atom = 115, // read only
  map = 116,
  old_fun = 117, // refused: no node since OTP 23 reads it
  utf8_atom = 118,
  small_utf8_atom = 119,
  v4_port = 120,
  local = 121,
};

/// The octet before a term that stands alone: a file, a binary of term_to_binary.
inline constexpr std::uint8_t version_octet = 131;

/// What begins with it, `big` for every integer of any length; nullopt: nothing that a
/// reader takes.
[[nodiscard]] std::optional<type> type_of(tag first) noexcept;

} // namespace websock::runtime::etf
