// Tokens that an application of Phoenix signs and this library verifies, or the other way
// round: a page logs in there and connects its socket here.
#pragma once

#include "websock/runtime/distribution/etf/value.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace websock::phoenix {

enum class token_digest : std::uint8_t { sha256, sha384, sha512 };

/// How the key is derived, and which tokens are accepted. Must be what the application
/// uses. token's constructor throws std::invalid_argument for a value out of range.
struct token_options {
  std::size_t key_iterations = 1'000;             // of PBKDF2; 1 to 10,000,000
  std::size_t key_length = 32;                    // octets; 1 to 1,024
  token_digest key_digest = token_digest::sha256; // of PBKDF2; signatures are SHA-256's
  /// The age of a token that has expired, from 0 up; by default what it says itself when
  /// it was signed. seconds::max(): never.
  std::optional<std::chrono::seconds> max_age{};
  std::size_t max_octets = 16'384; // of a token that is looked at; 64 to 1,048,576
};

/// Why a token is worth nothing. Source: Phoenix.Token.verify/4.
enum class token_error : std::uint8_t { missing, invalid, expired };
[[nodiscard]] std::string_view to_string(token_error why) noexcept;

/// Signs and verifies the tokens of one secret and one salt. Derives the key once, which
/// takes a millisecond. Immutable; any thread. Source: Phoenix.Token, Plug.Crypto.
class token {
public:
  using time = std::chrono::system_clock::time_point;
  using result = std::variant<runtime::etf::value, token_error>;

  /// Throws std::invalid_argument for a secret of fewer than 20 octets.
  token(std::string_view secret_key_base, std::string_view salt,
        token_options options = {});

  /// A token that says `data`, and how old it may become: options.max_age, or a day.
  [[nodiscard]] std::string sign(const runtime::etf::value& data, time now) const;
  /// The data of a token; an empty text is a missing one. Throws nothing because of what
  /// is in it.
  [[nodiscard]] result verify(std::string_view text, time now) const;

private:
  [[nodiscard]] std::string signature(std::string_view of) const;

  const token_options options_;
  const std::string key_;
};

} // namespace websock::phoenix
