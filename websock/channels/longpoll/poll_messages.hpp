// What the processes of requests ask of a session, and what they get.
#pragma once

#include "websock/handler/message.hpp"
#include "websock/runtime/address/pid.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace websock::channels {

/// A request: what is there for the client, as soon as there is something. Answered with
/// a poll_answer.
struct poll {
  runtime::pid who; // while it lives, somebody waits
};

struct poll_answer {
  enum class kind : std::uint8_t {
    messages,
    nothing,    // the window is over
    superseded, // the client has polled again
  };
  kind what;
  std::shared_ptr<const std::string> messages{}; // a JSON array of texts
};

/// A request: what the client has sent. Answered with batch_done.
struct batch {
  std::shared_ptr<const std::vector<message>> lines;
};

/// All of it has been given to the channels.
struct batch_done {};

/// The server stops.
struct drain_session {};

} // namespace websock::channels
