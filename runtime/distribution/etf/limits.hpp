// What the terms of a peer may cost.
#pragma once

#include <cstddef>

namespace websock::runtime::etf {

struct limits {
  std::size_t octets = std::size_t{16} << 20U; // of all that a reader is given
  std::size_t depth = 64; // of tuples, lists and maps inside one another
  /// Of all tuples, lists and maps of a reader together. It bounds memory: an element of
  /// two octets may take a hundred in a value.
  std::size_t elements = std::size_t{1} << 19U;
};

} // namespace websock::runtime::etf
