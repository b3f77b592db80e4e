// By which token a client finds its session again, on any of its requests.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace websock::channels {

/// Signs names of sessions and checks what comes back: a token that was not issued here
/// is refused before anything is looked up. Immutable; any thread.
class session_tokens {
public:
  using time = std::chrono::sys_seconds;

  /// Tokens of another secret or another `path` are worth nothing here.
  session_tokens(std::string secret, std::string path);
  /// With a random secret.
  explicit session_tokens(std::string path);

  /// A name that nobody guesses.
  [[nodiscard]] static std::string new_session();
  /// `session` has no dots. The characters of a token need no escapes in a URL.
  [[nodiscard]] std::string issue(std::string_view session, time now) const;
  /// The session of a token; empty if it is forged, or older than 14 days.
  [[nodiscard]] std::optional<std::string> session_of(std::string_view token,
                                                      time now) const;

private:
  [[nodiscard]] std::string signature(std::string_view of) const;

  const std::string secret_;
  const std::string path_;
};

} // namespace websock::channels
