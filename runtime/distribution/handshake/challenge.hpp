// The secrets' arithmetic: random numbers, and the digest by which one end proves to know
// the cookie. OpenSSL is behind it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace websock::runtime::distribution {

/// MD5 of the cookie and the challenge in decimal digits (erl_dist_protocol, gen_digest).
using challenge_digest = std::array<char, 16>;

/// From a strong source of entropy. Any thread. Throws std::runtime_error if there is
/// none.
[[nodiscard]] std::uint32_t random_challenge();

/// The incarnation of a node that asks no epmd for one. Never below 4: pids of before OTP
/// 23 have creations of 0 to 3.
[[nodiscard]] std::uint32_t random_creation();

[[nodiscard]] challenge_digest digest_of(std::string_view cookie,
                                         std::uint32_t challenge);

/// Takes as long whether they differ in the first octet or in none.
[[nodiscard]] bool are_equal(const challenge_digest& one,
                             const challenge_digest& other) noexcept;

} // namespace websock::runtime::distribution
