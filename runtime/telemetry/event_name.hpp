// The name of an event, and the bit by which a table knows at once that nobody listens.
#pragma once

#include <cstdint>
#include <string_view>

namespace websock::runtime {

/// Made from a literal, as a constant: `constexpr event_name sold("shop.order.sold");`.
/// Names with equal text are the same event. Those of the libraries begin with
/// "websock.".
class event_name {
public:
  consteval explicit event_name(const char* text)
      : text_(text), bit_(std::uint64_t{1} << (hash_of(text) & 63U)) {}

  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  /// One of 64; different names may share it.
  [[nodiscard]] constexpr std::uint64_t bit() const noexcept { return bit_; }
  friend constexpr bool operator==(const event_name& a, const event_name& b) noexcept {
    return a.text_ == b.text_;
  }

private:
  // FNV-1a, folded.
  [[nodiscard]] static constexpr std::uint64_t hash_of(std::string_view text) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const char c : text)
      hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3;
    return hash ^ (hash >> 32U);
  }

  std::string_view text_;
  std::uint64_t bit_;
};

/// The events of a span. Source: telemetry:span/3.
struct span_events {
  [[nodiscard]] constexpr std::uint64_t bits() const noexcept {
    return start.bit() | stop.bit() | exception.bit();
  }

  event_name start;
  event_name stop;
  event_name exception;
};

} // namespace websock::runtime
