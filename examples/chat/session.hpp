// A visitor: one WebSocket connection, which is one process.
#pragma once

#include "websock/runtime/clock.hpp"
#include "websock/websock.hpp"

#include "examples/chat/doorman.hpp"
#include "examples/chat/house.hpp"
#include "examples/chat/words.hpp"

#include <optional>
#include <string>

namespace chat {

/// Finds its room by name or has it started. If the room crashes, the connection stays
/// open and re-enters as soon as the room is back.
class session final : public websock::handler {
public:
  session(house in, std::string room, std::string nick, ticket visit = {})
      : house_(std::move(in)), room_(std::move(room)), nick_(std::move(nick)),
        visit_(std::move(visit)) {}

private:
  struct keep_alive {};
  struct look_again {};

  websock::handle_result init() override;
  websock::handle_result handle_in(websock::message_view in) override;
  websock::handle_result handle_info(websock::runtime::term info) override;

  [[nodiscard]] websock::runtime::pid find_room() const;
  websock::handle_result look_for_room();
  websock::handle_result look_later();
  websock::handle_result enter_room(const welcome& in);
  websock::handle_result pass_on(const event& news) const;
  websock::handle_result pass_on(const rooms& news);
  websock::handle_result say_line(std::string text);
  websock::handle_result change_nick(std::string nick);
  [[nodiscard]] bool is_too_fast();

  const house house_;
  const std::string room_;
  std::string nick_;
  const ticket visit_;
  websock::runtime::pid room_process_; // empty until the room's welcome
  bool was_inside_ = false;            // in this room, perhaps before it was restarted
  int times_looked_ = 0;               // since the last welcome
  std::optional<websock::shared_message>
      early_rooms_; // a list that arrived before the welcome
  double allowance_ = 0;
  websock::runtime::time_point last_line_;
};

} // namespace chat
