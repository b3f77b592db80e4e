// Two octets decide; then one pass over the payload in words (bench: assemble_messages).

#include "websock/protocol/whole_frame.hpp"

#include "websock/protocol/frame_header.hpp"

#include <cstring>

namespace websock::protocol {

namespace {

using detail::length_16;
using detail::octet;

constexpr std::size_t key_size = sizeof(mask_key);
constexpr std::size_t short_header = 2 + key_size; // up to 125 octets of payload
constexpr std::size_t long_header = short_header + 2;
// FIN and no reserved bit; adding one makes it binary.
constexpr unsigned final_text = detail::fin_bit | static_cast<unsigned>(opcode::text);

template <class Word>
Word unmask(std::byte* position, Word mask) noexcept {
  Word word = 0;
  std::memcpy(&word, position, sizeof word);
  word ^= mask;
  std::memcpy(position, &word, sizeof word);
  return word;
}

// Unmasks; true if everything is ASCII. Two words at a time, which a machine with vectors
// handles as one.
bool unmask_ascii(std::span<std::byte> octets, const std::byte* key) noexcept {
  constexpr std::size_t word_size = sizeof(std::uint64_t);
  std::uint32_t half = 0;
  std::memcpy(&half, key, sizeof half);
  const std::uint64_t mask = std::uint64_t{half} << 32U | half;
  std::uint64_t all = 0;
  std::uint64_t odd = 0;
  std::byte* position = octets.data();
  std::size_t left = octets.size();
  for (; left >= 2 * word_size; position += 2 * word_size, left -= 2 * word_size) {
    all |= unmask(position, mask);
    odd |= unmask(position + word_size, mask);
  }
  all |= odd;
  if (left >= word_size) {
    all |= unmask(position, mask);
    position += word_size;
    left -= word_size;
  }
  if (left >= key_size) {
    all |= unmask(position, half);
    position += key_size;
    left -= key_size;
  }
  for (std::size_t i = 0; i < left; ++i)
    all |= octet(position[i] ^= key[i]);
  return (all & 0x8080'8080'8080'8080U) == 0;
}

} // namespace

whole_frame take_whole_frame(std::span<std::byte>& in, std::uint64_t max_size) noexcept {
  if (in.size() < short_header)
    return {};
  std::byte* const start = in.data();
  const unsigned code = octet(start[0]) - final_text;
  std::size_t size = octet(start[1]) - detail::mask_bit; // huge without a mask
  std::size_t header = short_header;
  if (size == length_16 && in.size() >= long_header) {
    size = octet(start[2]) << 8U | octet(start[3]);
    header = long_header;
    if (size < length_16) // RFC 6455 §5.2: requires the shortest encoding
      return {};
  }
  if (code > 1 || size > in.size() - header || size > max_size
      || (header == short_header && size >= length_16))
    return {};
  const auto payload = in.subspan(header, size);
  in = in.subspan(header + size);
  return {payload, code == 0 ? opcode::text : opcode::binary,
          unmask_ascii(payload, payload.data() - key_size)};
}

} // namespace websock::protocol
