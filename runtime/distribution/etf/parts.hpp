// The parts of terms that reading and skipping have in common: atoms and integers.
#pragma once

#include "atom_table.hpp"
#include "cursor.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace websock::runtime::etf::detail {

enum class charset : std::uint8_t { utf8, latin1 };

struct atom_octets {
  std::string_view name;
  charset encoding;
};

/// The name of the atom that was begun; checked: an atom that Erlang could have.
[[nodiscard]] atom_octets take_atom(cursor& in, const atom_table* cache);

/// An integer of any length: its sign, and its magnitude with the least significant octet
/// first, without zeros at the end.
struct big_octets {
  bool is_negative;
  std::string_view magnitude;
};

/// What follows the tags of SMALL_BIG_EXT and LARGE_BIG_EXT.
[[nodiscard]] big_octets take_big(cursor& in);
[[nodiscard]] std::optional<std::uint64_t>
magnitude_of(const big_octets& number) noexcept;
[[nodiscard]] std::optional<std::int64_t> integer_of(const big_octets& number) noexcept;

/// The integer that was begun; nullopt: it does not fit.
[[nodiscard]] std::optional<std::int64_t> take_integer(cursor& in);

/// A finite float. Source: erl_ext_dist, NEW_FLOAT_EXT and FLOAT_EXT.
[[nodiscard]] double take_float(cursor& in);

/// The octets of a bit string and how many bits of the last one count.
struct bits_octets {
  std::string_view octets;
  std::uint8_t last_bits;
};
[[nodiscard]] bits_octets take_bits(cursor& in);

/// The number of elements, or of pairs of a map, that follow the term that was begun, and
/// for which there are enough octets.
[[nodiscard]] std::size_t take_arity(cursor& in);

/// The number of words of a reference; takes the length that stands before its node.
[[nodiscard]] std::uint8_t take_word_count(cursor& in);

/// Takes the rest of the term that was begun, and checks it. Recurses only for functions
/// inside functions, at most `depth` deep.
void skip_term(cursor& in, const atom_table* cache, std::size_t depth);

} // namespace websock::runtime::etf::detail
