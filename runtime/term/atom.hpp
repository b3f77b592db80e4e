// An atom: a name that is a value, as Erlang's `ok` and `error` are.
#pragma once

#include "heap_size.hpp"

#include <compare>
#include <cstddef>
#include <functional>
#include <string>

namespace websock::runtime {

/// A message, or a part of one, that is an atom to Erlang: UTF-8, at most 255 characters
/// when it crosses to another node. Source: Erlang's atom().
struct atom {
  std::string name;
  friend auto operator<=>(const atom&, const atom&) = default;
  friend std::string to_string(const atom& value) { return value.name; }
  friend std::size_t heap_size(const atom& value) noexcept {
    return heap_size_of(value.name);
  }
};

} // namespace websock::runtime

template <>
struct std::hash<websock::runtime::atom> {
  std::size_t operator()(const websock::runtime::atom& value) const noexcept {
    return std::hash<std::string>{}(value.name);
  }
};
