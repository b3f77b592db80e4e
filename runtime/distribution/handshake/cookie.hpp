// The secret that all nodes of a cluster share, and where it comes from.
#pragma once

#include "challenge.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// A cookie. It can answer challenges and nothing else: no function shows its text, so no
/// log does.
class cookie {
public:
  static constexpr std::size_t most_octets = 255; // of an atom

  /// From 1 to 255 printable ASCII characters. Like the functions below, it throws
  /// std::invalid_argument that names `option`, but not the cookie.
  [[nodiscard]] static cookie from_text(std::string_view text,
                                        std::string_view option = "cookie");
  /// The file without its trailing line end. It must be a regular file that belongs to us
  /// or to root, and nobody else may read or write it (as Erlang wants .erlang.cookie).
  [[nodiscard]] static cookie from_file(const std::string& path,
                                        std::string_view option = "cookie_file");
  /// The variable without its trailing line end.
  [[nodiscard]] static cookie
  from_environment(const std::string& variable,
                   std::string_view option = "cookie_variable");

  [[nodiscard]] challenge_digest answer(std::uint32_t challenge) const {
    return digest_of(text_, challenge);
  }
  /// Whether the digest is the answer to the challenge, in constant time.
  [[nodiscard]] bool is_answer(std::uint32_t challenge,
                               const challenge_digest& given) const {
    return are_equal(answer(challenge), given);
  }

private:
  explicit cookie(std::string_view text) : text_(text) {}

  std::string text_;
};

} // namespace websock::runtime::distribution
