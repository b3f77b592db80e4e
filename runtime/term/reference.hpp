// A reference: the unique value that names one monitor or one timer.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace websock::runtime {

/// Unique in the program; empty when default-constructed. Source: Erlang's
/// reference().
class reference {
public:
  constexpr reference() noexcept = default;
  constexpr explicit reference(std::uint64_t value) noexcept : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return value_ != 0; }
  friend constexpr auto operator<=>(reference, reference) noexcept = default;
  /// `#Ref<n>`.
  friend std::string to_string(reference ref) {
    return "#Ref<" + std::to_string(ref.value_) + ">";
  }

private:
  std::uint64_t value_ = 0;
};

} // namespace websock::runtime

template <>
struct std::hash<websock::runtime::reference> {
  std::size_t operator()(websock::runtime::reference ref) const noexcept {
    return std::rotr(ref.value(), 14); // the counter first, then the shard that made it
  }
};
