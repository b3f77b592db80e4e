// What both floors share: the header of a client's frame, unmasking, and the answer to a
// handshake. Nothing is checked.
#pragma once

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace bench {

struct frame {
  std::size_t header = 0; // octets, with the mask
  std::size_t length = 0;
  unsigned char first = 0;
};

/// The header at the begin of `in`; header is 0 when it is not complete.
[[nodiscard]] inline frame parse(std::string_view in) {
  if (in.size() < 2)
    return {};
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(in[i]); };
  const auto extended = octet(1) & 0x7FU;
  const std::size_t more = extended < 126 ? 0 : extended == 126 ? 2 : 8;
  frame found{2 + more + 4, extended, octet(0)};
  if (in.size() < found.header)
    return {};
  if (more > 0)
    found.length = 0;
  for (std::size_t i = 0; i < more; ++i)
    found.length = found.length << 8U | octet(2 + i);
  return found;
}

/// Writes the frame unmasked, as a server sends it, to `to`, which is at most where it
/// is: the header shrinks. Returns the end.
[[nodiscard]] inline char* unmask(char* to, const char* from, const frame& one) {
  std::uint32_t key = 0;
  std::memcpy(&key, from + one.header - sizeof key, sizeof key);
  std::memmove(to, from, one.header - sizeof key);
  to[1] = static_cast<char>(to[1] & 0x7F);
  to += one.header - sizeof key;
  from += one.header;
  const auto wide = std::uint64_t{key} << 32U | key;
  std::size_t i = 0;
  for (; i + 8 <= one.length; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from + i, sizeof word);
    word ^= wide;
    std::memcpy(to + i, &word, sizeof word);
  }
  for (; i < one.length; ++i)
    to[i] = static_cast<char>(from[i] ^ static_cast<char>(key >> (8 * (i % 4))));
  return to + one.length;
}

[[nodiscard]] inline std::string answer_to(std::string_view request) {
  constexpr std::string_view name = "Sec-WebSocket-Key: ";
  const auto begin = request.find(name) + name.size();
  const auto proof =
      std::string(request.substr(begin, 24)) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(proof.data()), proof.size(), digest.data());
  std::array<unsigned char, 32> text{};
  EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
         "Upgrade\r\nSec-WebSocket-Accept: "
         + std::string(reinterpret_cast<const char*>(text.data())) + "\r\n\r\n";
}

} // namespace bench
