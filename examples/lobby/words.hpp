// The messages between the lobby's processes.
#pragma once

#include <cstdint>
#include <string>

namespace lobby {

/// The registered names of the database and its supervisor, and the topic on which the
/// database reports its state.
inline constexpr const char* accounts_name = "accounts";
inline constexpr const char* database_name = "database";
inline constexpr const char* database_topic = "database";

enum class speed : std::uint8_t {
  fast,
  slow, // slower than any caller waits
};

// Calls to the database; the comment names the type of the reply.
struct find_account { // account
  std::string name;
};
struct current_speed {}; // speed

/// A cast: sets how fast it replies from now on.
struct set_speed {
  speed to;
};

struct account {
  std::string name;
  int visits = 0;
};

/// Broadcast when the database starts and when its speed changes.
struct database_is_up {
  speed now;
};

} // namespace lobby
