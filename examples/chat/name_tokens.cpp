// A name in hexadecimal digits, a dot, and HMAC-SHA256 of it.
#include "examples/chat/name_tokens.hpp"

#include "examples/chat/owned_file.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace chat {

namespace {

constexpr std::size_t shortest_secret = 16;

[[nodiscard]] std::string hex(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char each : octets) {
    const auto octet = static_cast<unsigned char>(each);
    text += digits[octet >> 4U];
    text += digits[octet & 0xFU];
  }
  return text;
}

/// Of text that `hex` has made.
[[nodiscard]] std::string from_hex(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned octet = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, octet, 16);
    octets += static_cast<char>(octet);
  }
  return octets;
}

[[nodiscard]] std::string signature(const std::string& secret, std::string_view of) {
  const auto text = "name " + std::string(of);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           digest.data(), &size)
      == nullptr)
    throw std::runtime_error("OpenSSL has no HMAC-SHA256");
  return hex({reinterpret_cast<const char*>(digest.data()), size});
}

// In constant time, so that nobody finds a signature digit by digit.
[[nodiscard]] bool equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

name_tokens::name_tokens(std::string secret) : secret_(std::move(secret)) {
}

std::string name_tokens::issue(std::string_view name) const {
  auto text = hex(name);
  auto its_signature = signature(secret_, text);
  return std::move(text) + '.' + std::move(its_signature);
}

std::optional<std::string> name_tokens::name_of(std::string_view token) const {
  const auto dot = token.find('.');
  if (dot == std::string_view::npos)
    return std::nullopt;
  const auto text = token.substr(0, dot);
  if (!equal(token.substr(dot + 1), signature(secret_, text)))
    return std::nullopt;
  return from_hex(text);
}

std::string new_secret() {
  std::array<unsigned char, 32> octets{};
  if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1)
    throw std::runtime_error("OpenSSL has no random octets");
  return hex({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

std::string secret_from(const std::string& file) {
  return secret_in(file, "--secret-file", shortest_secret);
}

} // namespace chat
