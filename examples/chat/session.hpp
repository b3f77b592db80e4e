// A visitor: one WebSocket connection, which is one process.
#pragma once

#include "runtime/clock.hpp"
#include "websock/websock.hpp"

#include "examples/chat/words.hpp"

#include <string>
#include <string_view>

namespace chat {

/// Whether a nick, a room's name or a line is one that the chat takes; lengths in code
/// points.
[[nodiscard]] bool is_nick(std::string_view text);
[[nodiscard]] bool is_room(std::string_view text);
[[nodiscard]] bool is_line(std::string_view text);

class session final : public websock::behaviour {
public:
  session(std::string room, std::string nick)
      : room_(std::move(room)), nick_(std::move(nick)) {}

private:
  struct keep_alive {};

  websock::handle_result init() override;
  websock::handle_result handle_in(websock::message_view in) override;
  websock::handle_result handle_info(runtime::term info) override;

  websock::handle_result enter_room(const welcome& in);
  websock::handle_result pass_on(const event& news) const;
  websock::handle_result pass_on(const rooms& news);
  websock::handle_result say_line(std::string text);
  websock::handle_result change_nick(std::string nick);
  [[nodiscard]] bool is_too_fast();

  const std::string room_;
  std::string nick_;
  runtime::pid room_process_;           // empty until the room has said welcome
  websock::shared_payload early_rooms_; // a list that came before the welcome
  double allowance_ = 0;
  runtime::time_point last_line_;
};

} // namespace chat
