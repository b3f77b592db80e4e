// What a term is, as far as its reader has to know before it reads it.
#pragma once

#include <cstdint>
#include <string_view>

namespace websock::runtime::etf {

enum class type : std::uint8_t {
  integer, // fits std::int64_t
  big,     // any other integer
  number,  // a float
  atom,
  binary,
  bit_string,
  nil,    // the empty list, and the end of a proper one
  list,   // elements, then nil or the tail of an improper list
  string, // a list of octets in its short form, which has no end of its own
  tuple,
  map,
  pid,
  reference,
  port,
  opaque, // a function, or a term in a format of its own node's
};

/// "an integer", "a tuple". Static text.
[[nodiscard]] std::string_view to_string(type what) noexcept;

} // namespace websock::runtime::etf
