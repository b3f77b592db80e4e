// Tokens of Phoenix: whatever is signed, and whenever it is looked at, is data or an
// error; data is signed and verified again, and a token that was changed is worth
// nothing.
#include "websock/channels/envelope/base64.hpp"
#include "websock/phoenix/token/token.hpp"

#include "tests/fuzz/input.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <string>
#include <variant>

namespace {

using namespace websock;
using phoenix::token;
using phoenix::token_error;

constexpr std::string_view secret = "a secret of at least twenty octets";
constexpr std::string_view salt = "fuzz";
constexpr std::string_view head = "SFMyNTY.";

using key = std::array<unsigned char, 32>;

[[nodiscard]] key derived_key() {
  key made{};
  const auto is_made = PKCS5_PBKDF2_HMAC(
      secret.data(), static_cast<int>(secret.size()),
      reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
      1, EVP_sha256(), static_cast<int>(made.size()), made.data());
  fuzz::require(is_made == 1, "OpenSSL derives a key");
  return made;
}

/// Signed as Phoenix does it, whatever the octets are.
[[nodiscard]] std::string signed_octets(std::string_view octets) {
  static const auto its_key = derived_key();
  auto text = std::string(head) + channels::base64_url(octets);
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), its_key.data(), static_cast<int>(its_key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(digest.data()), &size);
  digest.resize(size);
  return std::move(text) + '.' + channels::base64_url(digest);
}

[[nodiscard]] bool is_error(const token::result& what, token_error why) {
  const auto* const found = std::get_if<token_error>(&what);
  return found != nullptr && *found == why;
}

[[nodiscard]] token::time time_of(fuzz::input& in) {
  std::uint64_t octets = 0;
  for (int i = 0; i < 4; ++i)
    octets = octets << 16U | in.number();
  return token::time(token::time::duration(static_cast<std::int64_t>(octets)));
}

// The signature is left alone: base64 has several texts for the same octets.
void check_changed(const token& by, std::string text, std::size_t at, token::time now) {
  text[at % text.rfind('.')] ^= 1;
  fuzz::require(is_error(by.verify(text, now), token_error::invalid),
                "a token that was changed is invalid");
}

void check_data(const token& by, const runtime::etf::value& data, token::time now) {
  const auto text = by.sign(data, now);
  const auto again = by.verify(text, now);
  const auto* const found = std::get_if<runtime::etf::value>(&again);
  fuzz::require(found != nullptr && to_string(*found) == to_string(data),
                "what is signed here is verified");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const token by(secret, salt, {.key_iterations = 1, .max_octets = 1'048'576});
  fuzz::input in(data, size);
  const auto now = time_of(in);
  const auto at = in.number();
  const auto octets = in.text(size);
  fuzz::require(std::holds_alternative<token_error>(by.verify(octets, now)),
                "nobody guesses a signature");
  const auto text = signed_octets(octets);
  check_changed(by, text, at, now);
  const auto result = by.verify(text, now);
  fuzz::require(!is_error(result, token_error::missing), "a text is not missing");
  if (const auto* const found = std::get_if<runtime::etf::value>(&result)) {
    fuzz::require(!is_error(by.verify(text, token::time::min()), token_error::expired),
                  "what is fresh now was fresh before");
    check_data(by, *found, now);
  }
  return 0;
}
