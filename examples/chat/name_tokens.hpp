// Who holds the token of a name owns it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chat {

/// Signs names (HMAC-SHA256), and reads what it has signed. Immutable; any thread.
class name_tokens {
public:
  /// Nodes with the same secret accept each other's tokens.
  explicit name_tokens(std::string secret);

  /// Digits and a dot, for URLs. It does not expire, and a name has one.
  [[nodiscard]] std::string issue(std::string_view name) const;
  /// Empty for what was not issued with this secret.
  [[nodiscard]] std::optional<std::string> name_of(std::string_view token) const;

private:
  std::string secret_;
};

/// That nobody guesses. Throws std::runtime_error when OpenSSL has no random octets.
[[nodiscard]] std::string new_secret();
/// The text of a file. Throws std::runtime_error when it cannot be read, others than its
/// owner may read it, or it has less than 16 octets.
[[nodiscard]] std::string secret_from(const std::string& file);

} // namespace chat
