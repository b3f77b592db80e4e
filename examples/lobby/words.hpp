// What the processes of the lobby say to each other.
#pragma once

#include <cstdint>
#include <string>

namespace lobby {

/// The name of the database process, of its supervisor, and the topic on which it tells
/// how it is.
inline constexpr const char* accounts_name = "accounts";
inline constexpr const char* database_name = "database";
inline constexpr const char* database_topic = "database";

enum class speed : std::uint8_t {
  fast,
  slow, // slower than anybody waits
};

// Calls of the database.
struct find_account { // account
  std::string name;
};
struct current_speed {}; // speed

/// A cast: how fast it answers from now on.
struct set_speed {
  speed to;
};

struct account {
  std::string name;
  int visits = 0;
};

/// Told when the database starts and when its speed changes.
struct database_is_up {
  speed now;
};

} // namespace lobby
