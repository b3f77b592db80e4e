// Sec-WebSocket-Accept.
#include "websock/accept_key.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace websock {

std::string accept_key(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr)
      != 1)
    throw std::runtime_error("OpenSSL does not provide SHA-1");
  std::array<unsigned char, 32> encoded{};
  const int length =
      EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {encoded.begin(), encoded.begin() + length};
}

} // namespace websock
