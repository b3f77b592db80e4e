// Sec-WebSocket-Accept.
#include "websock/handshake/accept_key.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace websock {

namespace {

// Fetched once, as the lookup takes as long as the digest itself (bench: churn). The
// result is valid until the program ends.
[[nodiscard]] const EVP_MD* sha1() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return found;
}

} // namespace

std::string accept_key(std::string_view key) {
  constexpr std::string_view suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::string text;
  text.reserve(key.size() + suffix.size());
  text.append(key).append(suffix);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (sha1() == nullptr
      || EVP_Digest(text.data(), text.size(), digest.data(), &size, sha1(), nullptr) != 1)
    throw std::runtime_error("OpenSSL does not provide SHA-1");
  std::array<unsigned char, 32> encoded{};
  const int length =
      EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {encoded.begin(), encoded.begin() + length};
}

} // namespace websock
