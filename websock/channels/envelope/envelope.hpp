// The messages of Phoenix's protocol as structs: what a client sends, and what it gets.
#pragma once

#include "websock/channels/envelope/message_ref.hpp"
#include "websock/channels/envelope/payload.hpp"
#include "websock/channels/history/position.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace websock::channels {

/// What a client has sent.
struct inbound_message {
  message_ref join_ref;
  message_ref ref;
  std::string topic;
  std::string odd_topic; // the JSON of a topic that is no string; otherwise empty
  std::string event;     // the JSON of one that is no string
  payload body;
};

/// What a client is to get.
struct outbound_message {
  enum class kind : std::uint8_t { push = 0, reply = 1, broadcast = 2 }; // as sent

  kind what = kind::push;
  message_ref join_ref;
  message_ref ref; // a binary push has none
  std::string_view topic;
  std::string_view event; // of a reply: its status
  payload body;
  std::string_view odd_topic{}; // replaces topic, as in inbound_message
  const position* at = nullptr; // in the topic's history; not of a binary payload
};

} // namespace websock::channels
