// "HS256", a term and HMAC-SHA256 of both, each in base64, with dots between.
#include "websock/phoenix/token/token.hpp"

#include "websock/channels/envelope/base64.hpp"
#include "websock/runtime/distribution/etf/reader.hpp"
#include "websock/runtime/distribution/etf/writer.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace websock::phoenix {

namespace etf = runtime::etf;

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view head = "SFMyNTY."; // base64 of "HS256"
constexpr seconds a_day{86'400};
constexpr std::size_t least_secret = 20;

/// What is signed.
struct claim {
  etf::value data;
  std::int64_t signed_at = 0; // milliseconds
  seconds max_age = a_day;
};

void check_range(const char* option, std::size_t value, std::size_t least,
                 std::size_t most) {
  if (value < least || value > most)
    throw std::invalid_argument(std::string("token_options.") + option + ": "
                                + std::to_string(least) + " to " + std::to_string(most));
}

[[nodiscard]] token_options checked(token_options options) {
  check_range("key_iterations", options.key_iterations, 1, 10'000'000);
  check_range("key_length", options.key_length, 1, 1'024);
  check_range("max_octets", options.max_octets, 64, 1'048'576);
  if (options.max_age && *options.max_age < seconds(0))
    throw std::invalid_argument("token_options.max_age: from 0 up");
  return options;
}

[[nodiscard]] const EVP_MD* digest_of(token_digest which) noexcept {
  switch (which) {
  case token_digest::sha384:
    return EVP_sha384();
  case token_digest::sha512:
    return EVP_sha512();
  case token_digest::sha256:
    break;
  }
  return EVP_sha256();
}

[[nodiscard]] std::string derived_key(std::string_view secret, std::string_view salt,
                                      const token_options& options) {
  constexpr std::size_t most = 65'536;
  if (secret.size() < least_secret || secret.size() > most || salt.size() > most)
    throw std::invalid_argument("token: a secret_key_base has 20 octets or more");
  std::string key(options.key_length, '\0');
  if (PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()),
                        reinterpret_cast<const unsigned char*>(salt.data()),
                        static_cast<int>(salt.size()),
                        static_cast<int>(options.key_iterations),
                        digest_of(options.key_digest), static_cast<int>(key.size()),
                        reinterpret_cast<unsigned char*>(key.data()))
      != 1)
    throw std::runtime_error("OpenSSL derives no key");
  return key;
}

[[nodiscard]] std::int64_t in_milliseconds(token::time when) noexcept {
  return std::chrono::duration_cast<milliseconds>(when.time_since_epoch()).count();
}

[[nodiscard]] std::optional<seconds> age_of(const etf::value& said) {
  if (said.is_atom("infinity"))
    return seconds::max();
  const auto* const number = said.get_if<std::int64_t>();
  return number == nullptr ? std::nullopt : std::optional(seconds(*number));
}

// Of two elements before plug_crypto 1.2.
[[nodiscard]] std::optional<claim> claim_of(const etf::value& term) {
  const auto parts = term.elements();
  if (!term.is<etf::tuple>() || parts.size() < 2 || parts.size() > 3)
    return std::nullopt;
  const auto* const when = parts[1].get_if<std::int64_t>();
  const auto age = parts.size() == 3 ? age_of(parts[2]) : a_day;
  if (when == nullptr || !age)
    return std::nullopt;
  return claim{parts[0], *when, *age};
}

[[nodiscard]] std::optional<claim> claim_in(std::string_view octets) {
  try {
    etf::reader in(octets);
    in.version();
    const auto term = in.value();
    return in.at_end() ? claim_of(term) : std::nullopt;
  } catch (const etf::malformed&) {
    return std::nullopt;
  }
}

// Neither side of the comparison overflows, whatever was signed.
[[nodiscard]] bool is_over(const claim& what, seconds max_age, std::int64_t now) {
  if (max_age == seconds::max())
    return false;
  if (max_age <= seconds(0))
    return true;
  if (what.signed_at >= now)
    return false;
  const auto age =
      static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(what.signed_at);
  const auto limit = static_cast<std::uint64_t>(max_age.count());
  return age / 1'000 > limit || (age / 1'000 == limit && age % 1'000 != 0);
}

// In constant time, so that nobody finds a signature octet by octet.
[[nodiscard]] bool is_same(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

std::string_view to_string(token_error why) noexcept {
  switch (why) {
  case token_error::missing:
    return "missing";
  case token_error::expired:
    return "expired";
  case token_error::invalid:
    break;
  }
  return "invalid";
}

token::token(std::string_view secret_key_base, std::string_view salt,
             token_options options)
    : options_(checked(options)), key_(derived_key(secret_key_base, salt, options_)) {
}

std::string token::sign(const runtime::etf::value& data, time now) const {
  const auto age = options_.max_age.value_or(a_day);
  std::string octets;
  etf::writer out(octets);
  out.version();
  out.tuple(3);
  out.value(data);
  out.integer(in_milliseconds(now));
  if (age == seconds::max())
    out.atom("infinity");
  else
    out.integer(age.count());
  auto made = std::string(head) + channels::base64_url(octets);
  const auto its_signature = channels::base64_url(signature(made));
  return std::move(made) + '.' + its_signature;
}

token::result token::verify(std::string_view text, time now) const {
  if (text.empty())
    return token_error::missing;
  const auto last = text.rfind('.');
  if (text.size() > options_.max_octets || !text.starts_with(head) || last < head.size())
    return token_error::invalid;
  const auto said = text.substr(0, last);
  const auto its_signature = channels::base64_decoded(text.substr(last + 1));
  if (!its_signature || !is_same(*its_signature, signature(said)))
    return token_error::invalid;
  const auto octets = channels::base64_decoded(said.substr(head.size()));
  const auto found = octets ? claim_in(*octets) : std::nullopt;
  if (!found)
    return token_error::invalid;
  if (is_over(*found, options_.max_age.value_or(found->max_age), in_milliseconds(now)))
    return token_error::expired;
  return found->data;
}

std::string token::signature(std::string_view of) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(of.data()), of.size(), digest.data(),
           &size)
      == nullptr)
    throw std::runtime_error("OpenSSL has no HMAC-SHA256");
  return {reinterpret_cast<const char*>(digest.data()), size};
}

} // namespace websock::phoenix
