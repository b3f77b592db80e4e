// What libFuzzer gives, taken apart from the front. An input that is used up gives zeros.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// A view of one input.
class input {
public:
  input(const std::uint8_t* data, std::size_t size) noexcept
      : rest_(reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

  [[nodiscard]] std::uint8_t byte() noexcept {
    const auto taken = text(1);
    return taken.empty() ? 0 : static_cast<std::uint8_t>(taken.front());
  }

  [[nodiscard]] std::uint16_t number() noexcept {
    const unsigned high = byte();
    return static_cast<std::uint16_t>(high << 8U | byte());
  }

  [[nodiscard]] std::string_view text(std::size_t count) noexcept {
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  /// Some bytes, then everything that is left, cut at their places.
  [[nodiscard]] std::vector<std::string> pieces() {
    const auto cuts = text(byte() % 32U);
    const auto whole = text(rest_.size());
    std::vector<std::string> found;
    for (std::size_t at = 0, turn = 0; at < whole.size(); ++turn) {
      const std::size_t size =
          cuts.empty() ? 1 : 1U + static_cast<std::uint8_t>(cuts[turn % cuts.size()]);
      found.emplace_back(whole.substr(at, size));
      at += size;
    }
    return found;
  }

private:
  std::string_view rest_;
};

[[nodiscard]] inline std::string joined(const std::vector<std::string>& pieces) {
  std::string whole;
  for (const auto& each : pieces)
    whole += each;
  return whole;
}

/// Ends the program, so that the fuzzer keeps the input, when a claim does not hold.
inline void require(bool holds, std::string_view claim) {
  if (holds)
    return;
  std::cerr << "broken: " << claim << '\n';
  std::abort();
}

} // namespace fuzz
