// A text that is nearly always short, in the room of a pointer.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace websock::channels {

/// Up to seven octets lie in the object itself; longer texts are allocated. A channel and
/// its socket keep what the client calls the join as long as it lasts (bench/channels:
/// idle channel). Immutable.
class compact_text {
public:
  compact_text() noexcept = default;
  explicit compact_text(std::string_view text);
  compact_text(const compact_text& other) : compact_text(other.view()) {}
  compact_text(compact_text&& other) noexcept
      : octets_(std::exchange(other.octets_, {1})) {}
  compact_text& operator=(compact_text other) noexcept {
    std::swap(octets_, other.octets_);
    return *this;
  }
  ~compact_text() {
    if (is_allocated())
      delete[] allocated();
  }

  /// Valid as long as the object stays where it is.
  [[nodiscard]] std::string_view view() const noexcept {
    if (!is_allocated())
      return {octets_.data() + 1, static_cast<std::size_t>(octets_[0]) / 2};
    std::size_t size = 0;
    std::memcpy(&size, allocated(), sizeof size);
    return {allocated() + sizeof size, size};
  }
  friend bool operator==(const compact_text& a, const compact_text& b) noexcept {
    return a.view() == b.view();
  }

private:
  static constexpr std::size_t most_inside = 7;
  // What `new` returns is even. The octet of a pointer that says so is its first.
  static_assert(std::endian::native == std::endian::little && sizeof(char*) == 8);

  [[nodiscard]] bool is_allocated() const noexcept { return octets_[0] % 2 == 0; }
  [[nodiscard]] char* allocated() const noexcept { return std::bit_cast<char*>(octets_); }

  /// Twice the length plus one, and the text; or a pointer to the length and the text.
  std::array<char, 8> octets_{1};
};

inline compact_text::compact_text(std::string_view text) {
  if (text.size() <= most_inside) {
    octets_[0] = static_cast<char>(text.size() * 2 + 1);
    text.copy(octets_.data() + 1, text.size());
    return;
  }
  const auto size = text.size();
  auto made = std::make_unique<char[]>(sizeof size + size);
  std::memcpy(made.get(), &size, sizeof size);
  text.copy(made.get() + sizeof size, size);
  octets_ = std::bit_cast<std::array<char, 8>>(made.release());
}

} // namespace websock::channels
