// Twelve octets as sixteen characters.
#include "websock/channels/presence/phx_refs.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>

namespace websock::channels {

phx_refs::phx_refs(std::string_view node) noexcept
    : node_(static_cast<std::uint16_t>(std::hash<std::string_view>{}(node))) {
}

std::string phx_refs::next() {
  static constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const auto high = static_cast<std::uint64_t>(time.count());
  const auto low = std::uint32_t{node_} << 16U | count_++;
  std::array<std::uint8_t, 12> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i)
    octets[i] = static_cast<std::uint8_t>(i < 8 ? high >> (56 - 8 * i)
                                                : low >> (24 - 8 * (i - 8)));
  std::string text;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto group = std::uint32_t{octets[i]} << 16U
                       | std::uint32_t{octets[i + 1]} << 8U | octets[i + 2];
    for (const auto shift : {18U, 12U, 6U, 0U})
      text += letters[group >> shift & 63U];
  }
  return text;
}

} // namespace websock::channels
