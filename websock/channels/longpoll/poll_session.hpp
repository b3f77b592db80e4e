// The process of a client that polls: what a connection is to others.
#pragma once

#include "websock/channels/longpoll/poll_messages.hpp"
#include "websock/channels/longpoll/poll_sessions.hpp"
#include "websock/channels/socket/connect.hpp"
#include "websock/channels/socket/multiplexer.hpp"
#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace websock::channels {

struct session_setup {
  std::shared_ptr<poll_sessions> all;
  std::string name;
  connected client;
  session_places::place place;
};

/// Gathers what the client is to get until it polls. Ends when nobody has polled for one
/// and a half of a window. Source: Phoenix.Transports.LongPoll.Server.
class poll_session final : public runtime::behaviour {
public:
  explicit poll_session(session_setup setup);

private:
  /// A poll that waits.
  struct waiting_poll {
    runtime::from caller;
    runtime::reference monitor; // of its process
  };
  struct time_is_up {
    std::uint64_t of; // a timer that was replaced is too late
  };

  void on_start() override;
  void on_message(runtime::term message) override;

  void dispatch(const runtime::term& message);
  void take(const runtime::from& caller, const poll& asked);
  void take(const runtime::from& caller, const batch& posted);
  void receive(const message& line);
  void take(const time_is_up& passed);
  void drain();

  void keep(message out);
  [[nodiscard]] bool has_room_for(const message& out) const noexcept;
  void flush();
  [[nodiscard]] std::string unread_as_json();
  void answer(poll_answer what);
  void forget_poll();
  void await_poll();
  void start_timer(runtime::duration time);
  void end(const runtime::exit_reason& why);

  const session_setup setup_;
  multiplexer channels_;
  std::vector<message> unread_;
  std::size_t unread_bytes_ = 0;
  bool is_full_ = false;
  std::optional<waiting_poll> poll_;
  runtime::reference timer_; // of the window while a poll waits, else of the session
  std::uint64_t timers_ = 0;
};

} // namespace websock::channels
