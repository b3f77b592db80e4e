// Random numbers, MD5 and a comparison in constant time, from OpenSSL.
#include "challenge.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace websock::runtime::distribution {

std::uint32_t random_challenge() {
  std::array<unsigned char, 4> octets{};
  if (RAND_bytes(octets.data(), octets.size()) != 1)
    throw std::runtime_error("OpenSSL has no random numbers");
  std::uint32_t number = 0;
  for (const unsigned octet : octets)
    number = number << 8U | octet;
  return number;
}

std::uint32_t random_creation() {
  for (;;) {
    const auto number = random_challenge();
    if (number > 3)
      return number;
  }
}

// The protocol has no other digest than MD5. A system that forbids it in signatures
// (FIPS) can still have it for this: hence the property.
challenge_digest digest_of(std::string_view cookie, std::uint32_t challenge) {
  const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> md5(
      EVP_MD_fetch(nullptr, "MD5", "-fips"), &EVP_MD_free);
  std::string text(cookie);
  text += std::to_string(challenge);
  std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
  unsigned size = 0;
  const bool is_done =
      md5
      && EVP_Digest(text.data(), text.size(), octets.data(), &size, md5.get(), nullptr)
             == 1;
  OPENSSL_cleanse(text.data(), text.size());
  challenge_digest digest{};
  if (!is_done || size != digest.size())
    throw std::runtime_error(
        "OpenSSL does not provide MD5, which nodes authenticate with");
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<char>(octets[i]);
  return digest;
}

bool are_equal(const challenge_digest& one, const challenge_digest& other) noexcept {
  return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace websock::runtime::distribution
