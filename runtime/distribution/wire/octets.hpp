// Whole numbers as octets, the most significant one first, and a cursor that reads them.
// Terms are read by etf::reader; this is for what surrounds them.
#pragma once

#include "../etf/malformed.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// The number at the front of `octets`, which holds it.
template <std::unsigned_integral Number>
[[nodiscard]] constexpr Number big_endian(std::string_view octets) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    value = value << 8U | static_cast<std::uint8_t>(octets[i]);
  return static_cast<Number>(value);
}

template <std::unsigned_integral Number>
void append_big_endian(std::string& out, Number number) {
  for (std::size_t i = sizeof(Number); i-- > 0;)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> 8 * i));
}

/// Reads a packet from its front. Throws etf::malformed where an octet is missing.
class octet_cursor {
public:
  explicit octet_cursor(std::string_view octets) noexcept : octets_(octets) {}

  template <std::unsigned_integral Number>
  [[nodiscard]] Number number() {
    return big_endian<Number>(take(sizeof(Number)));
  }

  /// A view of the next `count` octets.
  [[nodiscard]] std::string_view take(std::size_t count) {
    if (count > octets_.size() - at_)
      throw etf::malformed("the packet ends too early", at_);
    at_ += count;
    return octets_.substr(at_ - count, count);
  }

  [[nodiscard]] std::string_view rest() const noexcept { return octets_.substr(at_); }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }

private:
  std::string_view octets_;
  std::size_t at_ = 0;
};

} // namespace websock::runtime::distribution
