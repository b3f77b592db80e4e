// Random octets of OpenSSL.
#include "websock/nonce.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace websock {

namespace {

template <std::size_t Size>
[[nodiscard]] std::array<unsigned char, Size> random_octets() {
  std::array<unsigned char, Size> octets{};
  if (RAND_bytes(octets.data(), Size) != 1)
    throw std::runtime_error("OpenSSL has no random numbers");
  return octets;
}

} // namespace

std::string random_handshake_key() {
  const auto octets = random_octets<16>();
  std::array<unsigned char, 25> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), octets.data(), octets.size());
  return {encoded.begin(), encoded.begin() + length};
}

protocol::mask_key random_mask_key() {
  const auto octets = random_octets<4>();
  return {std::byte{octets[0]}, std::byte{octets[1]}, std::byte{octets[2]},
          std::byte{octets[3]}};
}

} // namespace websock
