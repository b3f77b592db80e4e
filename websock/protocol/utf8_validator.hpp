// Incremental UTF-8 validation (RFC 3629), which fails at the first octet that makes the
// text invalid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace websock::protocol {

/// Three octets of state: how many continuation octets are missing, and the range of the
/// next one.
class utf8_validator {
public:
  /// False at the first octet that no valid text can have here, and from then on.
  [[nodiscard]] bool feed(std::span<const std::byte> octets) noexcept;

  /// True between two characters: the text may end here.
  [[nodiscard]] bool complete() const noexcept { return owed_ == 0; }

  /// Starts a new text.
  void reset() noexcept { *this = {}; }

private:
  [[nodiscard]] bool step(std::uint8_t octet) noexcept;
  [[nodiscard]] bool begin(std::uint8_t lead) noexcept;
  [[nodiscard]] bool expect(std::uint8_t owed, std::uint8_t low,
                            std::uint8_t high) noexcept;

  std::uint8_t owed_ = 0;
  std::uint8_t low_ = 0x80;
  std::uint8_t high_ = 0xBF;
};

/// True if `text` is complete, valid UTF-8.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

} // namespace websock::protocol
