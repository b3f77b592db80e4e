// A reference as it travels: of a monitor, a request, an alias.
#pragma once

#include "atom.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace websock::runtime::etf {

/// Source: erl_ext_dist, NEWER_REFERENCE_EXT. Words beyond `count` are 0.
struct reference {
  static constexpr std::size_t max_words = 5;

  atom node;
  std::uint32_t creation = 0;
  std::array<std::uint32_t, max_words> words{};
  std::uint8_t count = 0;

  [[nodiscard]] std::span<const std::uint32_t> used() const noexcept {
    return std::span(words).first(count <= max_words ? count : max_words);
  }

  friend bool operator==(const reference&, const reference&) = default;
  friend auto operator<=>(const reference&, const reference&) = default;
  /// `#Ref<chat@host.3.2.1>`: as Erlang prints it, the last word first.
  friend std::string to_string(const reference& subject);
};

} // namespace websock::runtime::etf
