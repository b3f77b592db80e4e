// What the process of a socket and those of its channels say to each other.
#pragma once

#include "websock/channels/envelope/message_ref.hpp"
#include "websock/channels/envelope/payload.hpp"
#include "websock/handler/message.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/term/exit_reason.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace websock::channels {

/// The events that the protocol reserves.
namespace events {
inline constexpr auto join = "phx_join";
inline constexpr auto leave = "phx_leave";
inline constexpr auto close = "phx_close";
inline constexpr auto error = "phx_error";
inline constexpr auto heartbeat = "heartbeat";
inline constexpr auto disconnect = "disconnect";
} // namespace events

/// To a channel: its client has pushed this, or leaves.
struct pushed {
  message_ref ref;
  std::string event;
  payload body;

  friend std::size_t heap_size(const pushed& value) noexcept {
    return value.event.size() + heap_size(value.body);
  }
};

/// To a channel: the connection ends.
struct socket_closing {
  runtime::exit_reason why;
};

/// From a channel: its join is over.
struct join_answer {
  enum class kind : std::uint8_t { accepted, refused };
  runtime::pid who;
  kind what;
  shared_message reply;
  std::vector<shared_message> missed{}; // what follows it
};

/// From a channel: it stops in order. Without this its end is a crash.
struct close_notice {
  runtime::pid who;
};

} // namespace websock::channels
