// UTF-8 validation: after a lead octet the range of the second one excludes overlong
// forms, surrogates and code points over U+10FFFF (RFC 3629 §4).

#include "websock/protocol/utf8_validator.hpp"

#include "websock/protocol/octets.hpp"

#include <cstring>

namespace websock::protocol {

namespace {

constexpr std::uint8_t impossible =
    0xFF; // no character has this many octets: the state after a failure
constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080U;

constexpr std::size_t word_size = sizeof(std::uint64_t);

[[nodiscard]] std::uint64_t word_at(std::span<const std::byte> octets,
                                    std::size_t position) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, octets.data() + position, word_size);
  return word;
}

// The length of ASCII at the front, either all of it or some whole words. Works on four
// words at a time; the rest of the last word is checked together with octets before it
// (bench: Utf8).
std::size_t ascii_run(std::span<const std::byte> octets) noexcept {
  std::size_t size = 0;
  for (; octets.size() - size >= 4 * word_size; size += 4 * word_size) {
    const std::uint64_t all = word_at(octets, size) | word_at(octets, size + word_size)
                              | word_at(octets, size + 2 * word_size)
                              | word_at(octets, size + 3 * word_size);
    if ((all & high_bits) != 0)
      break;
  }
  for (; octets.size() - size >= word_size; size += word_size)
    if ((word_at(octets, size) & high_bits) != 0)
      return size;
  if (size != 0 && (word_at(octets, octets.size() - word_size) & high_bits) == 0)
    return octets.size();
  return size;
}

} // namespace

bool utf8_validator::feed(std::span<const std::byte> octets) noexcept {
  if (owed_ == impossible)
    return false;
  std::size_t i = 0;
  while (i < octets.size()) {
    if (owed_ == 0)
      i += ascii_run(octets.subspan(i));
    // Octet by octet for at least a word, so that no word is looked at eight times.
    for (std::size_t end = i + sizeof(std::uint64_t); i < octets.size() && i < end; ++i) {
      if (!step(static_cast<std::uint8_t>(octets[i])))
        return false;
    }
  }
  return true;
}

bool utf8_validator::step(std::uint8_t octet) noexcept {
  if (owed_ == 0)
    return octet < 0x80 || begin(octet);
  if (octet < low_ || octet > high_)
    return expect(impossible, 1, 0);
  return expect(static_cast<std::uint8_t>(owed_ - 1), 0x80, 0xBF);
}

bool utf8_validator::begin(std::uint8_t lead) noexcept {
  if (lead >= 0xC2 && lead <= 0xDF)
    return expect(1, 0x80, 0xBF);
  if (lead == 0xE0)
    return expect(2, 0xA0, 0xBF);
  if (lead == 0xED)
    return expect(2, 0x80, 0x9F);
  if (lead >= 0xE1 && lead <= 0xEF)
    return expect(2, 0x80, 0xBF);
  if (lead == 0xF0)
    return expect(3, 0x90, 0xBF);
  if (lead >= 0xF1 && lead <= 0xF3)
    return expect(3, 0x80, 0xBF);
  if (lead == 0xF4)
    return expect(3, 0x80, 0x8F);
  return expect(impossible, 1, 0);
}

bool utf8_validator::expect(std::uint8_t owed, std::uint8_t low,
                            std::uint8_t high) noexcept {
  owed_ = owed;
  low_ = low;
  high_ = high;
  return owed != impossible;
}

bool is_valid_utf8(std::string_view text) noexcept {
  utf8_validator validator;
  return validator.feed(as_octets(text)) && validator.complete();
}

} // namespace websock::protocol
