// Reads terms in the external term format, one after the other, from octets that a
// stranger may have sent.
#pragma once

#include "atom_table.hpp"
#include "limits.hpp"
#include "malformed.hpp"
#include "tag.hpp"
#include "type.hpp"
#include "value.hpp"

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>

namespace websock::runtime::etf {

namespace detail {
class cursor;
} // namespace detail

/// A view of octets and a position in them. Each function takes one term, or the head of
/// one whose elements the caller takes next: `tuple()`, then as many terms.
///
/// Each throws `malformed` for anything else than it is named after; then the position is
/// where it was. The work of a function is bounded by the octets that it takes, its
/// memory by `limits`: nothing is allocated for a length before the octets are there. It
/// never recurses deeper than `limits.depth`, nor than value::max_depth. Source:
/// erl_ext_dist.
class reader {
public:
  /// Octets and cache must outlive the reader. Throws `malformed` for more octets than
  /// the limit.
  explicit reader(std::string_view octets, const etf::limits& limits = {},
                  const atom_table* cache = nullptr);

  /// What comes next, without taking it.
  [[nodiscard]] type next() const;
  [[nodiscard]] bool at_end() const noexcept { return position_ == octets_.size(); }
  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  /// What has not been taken: a view of the octets.
  [[nodiscard]] std::string_view rest() const noexcept {
    return octets_.substr(position_);
  }

  /// Takes the octet before a term that stands alone.
  void version();

  /// Its name in UTF-8: a view of the octets or the cache, or, for an old form that is
  /// not ASCII, of memory that lives as long as the reader.
  [[nodiscard]] std::string_view atom();
  /// Takes an integer of any form that fits.
  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] std::uint64_t unsigned_integer();
  /// A float; an integer is none.
  [[nodiscard]] double number();
  /// A view of the octets.
  [[nodiscard]] std::string_view binary();
  /// The octets of a list in its short form; elements of `list` are not taken.
  [[nodiscard]] std::string_view string();

  /// The number of elements that follow.
  [[nodiscard]] std::size_t tuple();
  /// Throws unless exactly this many elements follow.
  void tuple(std::size_t arity);
  /// The number of elements that follow; then comes `nil()`, or the tail of an improper
  /// list. At an empty list it is 0 and takes nothing, so that its nil is left.
  [[nodiscard]] std::size_t list();
  void nil();
  /// The number of pairs that follow, each a key and a value.
  [[nodiscard]] std::size_t map();

  [[nodiscard]] etf::pid pid();
  [[nodiscard]] etf::reference reference();
  [[nodiscard]] etf::port port();

  /// Takes any term, checks its octets as `value` does, and allocates nothing. Returns
  /// its octets, in which atoms may still refer to the cache.
  std::string_view skip();
  /// Takes any term.
  [[nodiscard]] etf::value value();

private:
  [[nodiscard]] detail::cursor begun() const;
  /// Where a term was wrong, the position stays.
  void end(const detail::cursor& in) noexcept;
  /// Counts elements against the limit.
  void charge(const detail::cursor& in, std::size_t elements);
  [[nodiscard]] std::size_t arity_of(detail::cursor& in, type wanted);

  // Each takes the rest of a term whose tag has been taken.
  [[nodiscard]] std::string_view atom_in(detail::cursor& in);
  [[nodiscard]] etf::atom node_in(detail::cursor& in);
  [[nodiscard]] etf::pid pid_in(detail::cursor& in);
  [[nodiscard]] etf::reference reference_in(detail::cursor& in);
  [[nodiscard]] etf::port port_in(detail::cursor& in);
  [[nodiscard]] etf::value value_in(detail::cursor& in, std::size_t depth);
  [[nodiscard]] etf::value big_in(detail::cursor& in);
  [[nodiscard]] etf::value tuple_in(detail::cursor& in, std::size_t depth);
  [[nodiscard]] etf::value list_in(detail::cursor& in, std::size_t depth);
  [[nodiscard]] etf::value map_in(detail::cursor& in, std::size_t depth);
  [[nodiscard]] etf::value opaque_in(detail::cursor& in, std::size_t depth);
  /// The next term, inside the one that was begun.
  [[nodiscard]] etf::value inner_value(detail::cursor& in, std::size_t depth);

  std::string_view octets_;
  std::size_t position_ = 0;
  std::size_t elements_left_;
  std::size_t max_depth_;
  const atom_table* cache_;
  std::forward_list<std::string> converted_; // atoms in Latin-1 that are not ASCII
};

} // namespace websock::runtime::etf
