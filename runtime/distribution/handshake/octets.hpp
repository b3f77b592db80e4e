// Big-endian numbers in octets, as the handshake and epmd have them (erl_dist_protocol).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace websock::runtime::distribution::detail {

/// Appends the number with the most significant octet first.
template <class Number>
void put(std::string& octets, Number number) {
  static_assert(std::is_unsigned_v<Number>);
  for (int shift = std::numeric_limits<Number>::digits - 8; shift >= 0; shift -= 8)
    octets += static_cast<char>(static_cast<std::uint8_t>(number >> shift));
}

/// Takes fields from the front of octets. What is not there reads as zero or empty, and
/// `is_intact` says so from then on: one check after the last field is enough.
class fields {
public:
  explicit fields(std::string_view octets) noexcept : rest_(octets) {}

  template <class Number>
  [[nodiscard]] Number number() noexcept {
    static_assert(std::is_unsigned_v<Number>);
    Number value = 0;
    for (const char octet : text(sizeof(Number)))
      value = static_cast<Number>(static_cast<std::uint64_t>(value) << 8U
                                  | static_cast<std::uint8_t>(octet));
    return value;
  }
  /// `size` octets, a view of what was given; empty if fewer are left.
  [[nodiscard]] std::string_view text(std::size_t size) noexcept {
    if (size > rest_.size()) {
      is_intact_ = false;
      rest_ = {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  [[nodiscard]] bool is_intact() const noexcept { return is_intact_; }

private:
  std::string_view rest_;
  bool is_intact_ = true;
};

} // namespace websock::runtime::distribution::detail
