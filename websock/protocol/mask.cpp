// Masks in words of 8 octets: memcpy allows any alignment at no cost.

#include "websock/protocol/mask.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace websock::protocol {

namespace {

constexpr std::size_t word_size = sizeof(std::uint64_t);

// Two copies of the key in memory order, so that byte order does not matter.
std::uint64_t word_of(mask_key key) noexcept {
  std::array<std::byte, word_size> twice;
  std::copy(key.begin(), key.end(), twice.begin());
  std::copy(key.begin(), key.end(), twice.begin() + key.size());
  std::uint64_t word = 0;
  std::memcpy(&word, twice.data(), word_size);
  return word;
}

void mask_word(std::byte* position, std::uint64_t mask) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, position, word_size);
  word ^= mask;
  std::memcpy(position, &word, word_size);
}

} // namespace

void apply_mask(std::span<std::byte> octets, mask_key key, std::size_t phase) noexcept {
  std::rotate(key.begin(), key.begin() + phase % key.size(), key.end());
  const std::uint64_t mask = word_of(key);
  const std::size_t whole = octets.size() - octets.size() % word_size;
  for (std::size_t i = 0; i < whole; i += word_size)
    mask_word(octets.data() + i, mask);
  for (std::size_t i = whole; i < octets.size(); ++i)
    octets[i] ^= key[i % key.size()];
}

} // namespace websock::protocol
