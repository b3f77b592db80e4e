// Numbers as octets, the most significant one first.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace websock::runtime::etf::detail {

/// Converts to a view of itself.
template <std::unsigned_integral T>
class big_endian {
public:
  explicit big_endian(T number) noexcept {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      octets_[i] = static_cast<char>(number >> 8U * (sizeof(T) - 1 - i));
  }
  explicit(false) operator std::string_view() const noexcept {
    return {octets_.data(), octets_.size()};
  }

private:
  std::array<char, sizeof(T)> octets_;
};

} // namespace websock::runtime::etf::detail
