// What survives a restart: rooms, lines, reserved names and the secret of the tokens.
#pragma once

#include "examples/chat/reserved_names.hpp"
#include "examples/chat/rooms.hpp"

#include <memory>
#include <string>

namespace chat {

/// One thread at a time, which it may hold up: never a shard. What cannot be done throws
/// std::runtime_error and has changed nothing.
class journal {
public:
  virtual ~journal() = default;

  /// Fills them with what was kept.
  virtual void read(rooms& into, reserved_names& names) = 0;
  /// The secret of the first time.
  [[nodiscard]] virtual std::string secret() = 0;

  /// Keeps a line, and the newest `most` lines of its room altogether.
  virtual void add(const std::string& room, const line& said, std::size_t most) = 0;
  virtual void forget(const std::string& room) = 0;
  virtual void reserve(const std::string& name) = 0;
  virtual void release(const std::string& name) = 0;
};

/// A file of SQLite, made unless it is there. Throws std::runtime_error, which names the
/// file and the reason, when it cannot be used, is damaged, belongs to another program or
/// is being used.
[[nodiscard]] std::shared_ptr<journal> open_journal(const std::string& file);

} // namespace chat
