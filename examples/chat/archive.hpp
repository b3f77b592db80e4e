// The process that every line of its node passes: it numbers and keeps lines, and tells
// them to the clients in the room.
#pragma once

#include "websock/runtime/gen_server.hpp"

#include "examples/chat/journal.hpp"
#include "examples/chat/reserved_names.hpp"
#include "examples/chat/rooms.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace websock::channels {
class presence;
}

namespace chat {

/// The registered name of the archive.
inline constexpr const char* archive_name = "archive";

// What it is asked. Each comes with the type of its answer.

/// Somebody enters a room, as `name`.
struct open_room {
  std::string room;
  std::string name;
  std::string since; // the id of the last line seen, or empty
};
struct opened {
  bool is_open = false; // false: there are too many rooms
  excerpt said;
};
/// The lines behind a number: a std::vector<line>.
struct lines_after {
  std::string room;
  std::uint64_t number = 0;
};
/// Somebody says a line.
struct say_line {
  std::string room;
  line said;
};
struct kept {
  enum class outcome : std::uint8_t { kept, busy, taken }; // the id is another person's
  outcome what = outcome::kept;
  std::uint64_t number = 0;
  moment at = 0;
};
/// Somebody wants a name.
struct reserve_name {
  enum class claim : std::uint8_t { wanted, proved }; // by a token
  std::string name;
  claim by = claim::wanted;
};
enum class reservation : std::uint8_t { granted, taken, busy };
/// All rooms: a std::vector<room_entry>.
struct list_rooms {};

/// A line that crosses to the archives of other nodes.
struct line_elsewhere {
  std::string room;
  std::string id;
  std::string name;
  std::string text;
  moment at = 0;
};

/// What archives start with. Only the archive uses what is shared, so that a new one goes
/// on where one that crashed has ended.
struct archive_setup {
  std::shared_ptr<rooms> known;
  std::shared_ptr<reserved_names> names;
  std::shared_ptr<journal> store;                // null: nothing survives the program
  websock::channels::presence* people = nullptr; // outlives the archive
  bool has_other_nodes = false;
};

class archive final : public websock::runtime::gen_server {
public:
  explicit archive(archive_setup setup) : its_(std::move(setup)) {}

private:
  websock::runtime::server_result init() override;
  websock::runtime::call_result handle_call(websock::runtime::term request,
                                            websock::runtime::from) override;
  websock::runtime::server_result handle_info(websock::runtime::term info) override;

  websock::runtime::call_result open(open_room wanted);
  websock::runtime::call_result say(say_line wanted);
  websock::runtime::call_result reserve(reserve_name wanted);
  websock::runtime::server_result hear(line_elsewhere heard);

  websock::runtime::waiting<bool> has_place(std::string room);
  websock::runtime::waiting<bool> is_reserved(std::string name);
  websock::runtime::waiting<bool> is_kept(std::string room, line said);
  /// Does it in the store, and waits. False when the store refuses.
  websock::runtime::waiting<bool> store(std::function<void(journal&)> change);
  void tell_room(const std::string& room, const line& said);

  archive_setup its_;
};

} // namespace chat
