// The rooms, and what was said in them last. A plain value: archive is its process.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chat {

using json = nlohmann::json;

/// Milliseconds since 1970, as JavaScript's Date counts them.
using moment = std::int64_t;
[[nodiscard]] moment moment_now();

struct line {
  std::string id;           // of its client's making
  std::uint64_t number = 0; // counts up in its room, on one node
  std::string name;         // whose it is
  std::string text;
  moment at = 0;

  friend bool operator==(const line&, const line&) = default;
};
[[nodiscard]] json to_json(const line& of);

/// What a visitor is given who enters.
struct excerpt {
  std::vector<line> lines; // oldest first
  bool continues = false;  // nothing is missing behind the line that was asked for
};

struct room_entry {
  std::string name;
  std::uint64_t number = 0; // of the last line; 0: there is none
  moment last = 0;          // when it was said, or when the room was opened
};

class rooms {
public:
  struct limits {
    std::size_t rooms = 1'000;
    std::size_t lines = 1'000;        // of one room; the oldest go
    std::size_t octets = 64U << 20U;  // of all; those of the room silent for longest go
    std::chrono::minutes silence{10}; // so long a room stays that nobody is in
    std::size_t excerpt = 100;        // lines
  };

  explicit rooms(const limits& of) : limits_(of) {}

  [[nodiscard]] bool contains(const std::string& room) const;
  /// Whether another room may be opened.
  [[nodiscard]] bool is_full() const noexcept { return rooms_.size() >= limits_.rooms; }
  /// No effect on one that is open.
  void open(const std::string& room, moment now);
  /// Of the rooms that nobody is in and in which nothing was said for long, the one that
  /// was silent for longest.
  [[nodiscard]] std::optional<std::string>
  dispensable(moment now, const std::function<bool(const std::string&)>& is_used) const;
  void forget(const std::string& room);

  /// The line of that id, if it is kept. Valid until something changes.
  [[nodiscard]] const line* find(const std::string& room, std::string_view id) const;
  /// The same line with the number that is next and a time later than all before.
  [[nodiscard]] line next(const std::string& room, line said, moment now) const;
  /// Keeps a line with a number, and opens the room.
  void append(const std::string& room, line said);

  /// The lines behind that of the id `since`, if it is kept, else the newest.
  [[nodiscard]] excerpt read(const std::string& room, std::string_view since) const;
  [[nodiscard]] std::vector<line> after(const std::string& room,
                                        std::uint64_t number) const;
  [[nodiscard]] std::vector<room_entry> entries() const;
  [[nodiscard]] std::size_t octets() const noexcept { return octets_; }
  [[nodiscard]] const limits& bounds() const noexcept { return limits_; }

private:
  struct state {
    std::deque<line> lines;
    std::uint64_t number = 0;
    moment last = 0;
  };

  void drop_oldest(state& of);
  void make_space(const std::string& except);

  limits limits_;
  std::map<std::string, state> rooms_;
  std::size_t octets_ = 0;
};

} // namespace chat
