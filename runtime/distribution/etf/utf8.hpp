// UTF-8, as far as names of atoms need it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::etf::detail {

[[nodiscard]] bool is_ascii(std::string_view text) noexcept;

/// One character and the octets it takes; nullopt: none of UTF-8 stands at the front of
/// the text, which must not be empty.
struct character {
  std::uint32_t code;
  std::size_t octets;
};
[[nodiscard]] std::optional<character> first_character(std::string_view text) noexcept;

/// How many characters; nullopt: this is not UTF-8.
[[nodiscard]] std::optional<std::size_t> count_characters(std::string_view text) noexcept;

[[nodiscard]] std::string from_latin1(std::string_view text);

} // namespace websock::runtime::etf::detail
