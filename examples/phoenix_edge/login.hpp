// Whom the application's tokens are about.
#pragma once

#include "websock/http.hpp"
#include "websock/phoenix.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace phoenix_edge {

/// Somebody who has logged in at the application.
struct user {
  std::string id; // "7": the application disconnects "users:7"
  std::string name;
};

/// What the data of a token says: an id, which is a text or a number, or a map with `id`
/// and perhaps `name`. Nullopt for everything else.
[[nodiscard]] std::optional<user> user_in(const websock::runtime::etf::value& data);

/// Verifies tokens. Any thread.
class login {
public:
  using result = std::variant<user, websock::phoenix::token_error>;

  /// Tokens that are older than `max_age` have expired; without, when they say so.
  login(std::string_view secret_key_base, std::string_view salt,
        std::optional<std::chrono::seconds> max_age);

  [[nodiscard]] result verify(std::string_view token) const;
  /// What the page asks before it connects: a browser does not tell why a socket was
  /// refused. 200 with the user, or 403 with the reason.
  [[nodiscard]] websock::http::response
  answer(const websock::http::request& request) const;

private:
  const websock::phoenix::token tokens_;
};

/// The secret_key_base in a file that nobody but its owner may use. Throws
/// std::runtime_error if it cannot be had.
[[nodiscard]] std::string secret_from(const std::string& file);

} // namespace phoenix_edge
