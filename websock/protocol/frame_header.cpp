// Encoding and decoding of frame headers.

#include "websock/protocol/frame_header.hpp"

#include <algorithm>

namespace websock::protocol {

namespace {

using detail::fin_bit;
using detail::length_16;
using detail::length_64;
using detail::mask_bit;
using detail::octet;

constexpr unsigned length_field = 0x7F;

// RFC 6455 §5.2: lengths are in network byte order.
std::uint64_t decode_length(std::span<const std::byte> octets) noexcept {
  std::uint64_t length = 0;
  for (const std::byte value : octets)
    length = length << 8U | octet(value);
  return length;
}

std::size_t extended_length_size(unsigned length) noexcept {
  if (length == length_16)
    return 2;
  return length == length_64 ? 8 : 0;
}

void append_length(std::string& out, std::uint64_t length, std::size_t octets) {
  for (std::size_t left = octets; left-- > 0;)
    out.push_back(static_cast<char>(length >> 8U * left & 0xFFU));
}

void append_start(std::string& out, opcode code, std::uint64_t size, fin last, rsv bits,
                  unsigned mask) {
  const bool is_short = size <= 0xFFFF;
  const unsigned length = size < length_16 ? static_cast<unsigned>(size)
                          : is_short       ? length_16
                                           : length_64;
  out.push_back(detail::first_octet(code, last, bits));
  out.push_back(static_cast<char>(mask | length));
  if (length >= length_16)
    append_length(out, size, is_short ? 2 : 8);
}

} // namespace

std::size_t header_size(std::span<const std::byte, 2> start) noexcept {
  const unsigned second = octet(start[1]);
  const std::size_t key = (second & mask_bit) != 0 ? sizeof(mask_key) : 0;
  return 2 + extended_length_size(second & length_field) + key;
}

frame_header decode_header(std::span<const std::byte> octets) noexcept {
  const unsigned first = octet(octets[0]);
  const unsigned second = octet(octets[1]);
  frame_header header;
  header.fin = (first & fin_bit) != 0 ? fin::set : fin::clear;
  header.rsv = static_cast<rsv>(first >> 4U & 7U);
  header.opcode = static_cast<opcode>(first & 0xFU);
  header.is_masked = (second & mask_bit) != 0;
  const std::size_t extended = extended_length_size(second & length_field);
  header.payload_size =
      extended == 0 ? second & length_field : decode_length(octets.subspan(2, extended));
  if (header.is_masked)
    std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(2 + extended), 4,
                header.key.begin());
  return header;
}

void detail::append_long_header(std::string& out, opcode code, std::uint64_t payload_size,
                                fin last, rsv bits) {
  append_start(out, code, payload_size, last, bits, 0);
}

void append_masked_header(std::string& out, opcode code, std::uint64_t payload_size,
                          mask_key key, fin last, rsv bits) {
  append_start(out, code, payload_size, last, bits, mask_bit);
  for (const std::byte value : key)
    out.push_back(static_cast<char>(value));
}

} // namespace websock::protocol
