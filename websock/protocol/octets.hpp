// Two views of the same memory, as octets or as characters. Does not convert text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace websock::protocol {

/// The octets as characters; valid as long as `octets`.
[[nodiscard]] inline std::string_view
as_chars(std::span<const std::byte> octets) noexcept {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// The characters as octets; valid as long as `chars`.
[[nodiscard]] inline std::span<const std::byte>
as_octets(std::string_view chars) noexcept {
  return {reinterpret_cast<const std::byte*>(chars.data()), chars.size()};
}

} // namespace websock::protocol
