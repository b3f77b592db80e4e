// A session, the time and HMAC-SHA256 of both, with dots between.
#include "websock/channels/longpoll/session_tokens.hpp"

#include "websock/channels/envelope/base64.hpp"
#include "websock/handshake/nonce.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

namespace websock::channels {

namespace {

constexpr std::chrono::days oldest{14};

[[nodiscard]] std::optional<session_tokens::time> time_of(std::string_view text) {
  std::int64_t seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  if (read.ec != std::errc() || read.ptr != end)
    return std::nullopt;
  return session_tokens::time(std::chrono::seconds(seconds));
}

// In constant time, so that nobody finds a signature octet by octet.
[[nodiscard]] bool equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

session_tokens::session_tokens(std::string secret, std::string path)
    : secret_(std::move(secret)), path_(std::move(path)) {
}

session_tokens::session_tokens(std::string path)
    : session_tokens(new_session() + new_session(), std::move(path)) {
}

// 16 octets, in an alphabet that URLs know.
std::string session_tokens::new_session() {
  return base64_url(base64_decoded(random_handshake_key()).value());
}

std::string session_tokens::issue(std::string_view session, time now) const {
  auto token =
      std::string(session) + '.' + std::to_string(now.time_since_epoch().count());
  auto its_signature = signature(token);
  return std::move(token) + '.' + std::move(its_signature);
}

std::optional<std::string> session_tokens::session_of(std::string_view token,
                                                      time now) const {
  const auto last = token.rfind('.');
  if (last == std::string_view::npos)
    return std::nullopt;
  const auto said = token.substr(0, last);
  const auto first = said.find('.');
  if (first == std::string_view::npos || !equal(token.substr(last + 1), signature(said)))
    return std::nullopt;
  const auto issued = time_of(said.substr(first + 1));
  if (!issued || now - *issued > oldest)
    return std::nullopt;
  return std::string(said.substr(0, first));
}

std::string session_tokens::signature(std::string_view of) const {
  const auto text = path_ + '\n' + std::string(of);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (secret_.size() > std::size_t{std::numeric_limits<int>::max()}
      || HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(),
              digest.data(), &size)
             == nullptr)
    throw std::runtime_error("OpenSSL has no HMAC-SHA256");
  return base64_url({reinterpret_cast<const char*>(digest.data()), size});
}

} // namespace websock::channels
