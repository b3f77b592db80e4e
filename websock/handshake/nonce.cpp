// Random octets from OpenSSL.
#include "websock/handshake/nonce.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace websock {

namespace {

template <std::size_t Size>
using octet_array = std::array<unsigned char, Size>;

template <std::size_t Size>
void fill(octet_array<Size>& octets) {
  if (RAND_bytes(octets.data(), Size) != 1)
    throw std::runtime_error("OpenSSL has no random numbers");
}

/// Keys drawn in advance, as each draw costs a system call by which OpenSSL checks that
/// the process has not forked. Each key is used once.
class key_block {
public:
  [[nodiscard]] protocol::mask_key next() {
    if (left_ == 0) {
      fill(octets_);
      left_ = octets_.size();
    }
    protocol::mask_key key{};
    for (auto& octet : key)
      octet = std::byte{octets_[--left_]};
    return key;
  }

private:
  octet_array<1'024> octets_{};
  std::size_t left_ = 0; // octets, a multiple of the key size
};

} // namespace

std::string random_handshake_key() {
  octet_array<16> octets{};
  fill(octets);
  std::array<unsigned char, 25> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), octets.data(), octets.size());
  return {encoded.begin(), encoded.begin() + length};
}

protocol::mask_key random_mask_key() {
  // A key_source is a plain function, so the block belongs to the thread and needs no
  // lock. Bound: one block of 1 KiB per thread that masks, freed when the thread ends.
  thread_local key_block keys;
  return keys.next();
}

} // namespace websock
