// A push that is answered later, by whoever has this.
#pragma once

#include "websock/channels/envelope/message_ref.hpp"
#include "websock/channels/envelope/payload.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/runtime/address/pid.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace websock::channels {

/// A value: copy it, send it to any process, use it on any thread of the node. The client
/// takes the first reply; replies reach it even when the channel has closed. Source:
/// Phoenix.Channel.socket_ref/1.
class socket_ref {
public:
  socket_ref(runtime::pid transport, serializer how, std::string topic,
             message_ref join_ref, message_ref ref)
      : transport_(std::move(transport)), topic_(std::move(topic)),
        join_ref_(std::move(join_ref)), ref_(std::move(ref)), how_(how) {}

  /// Replies with the status "ok". Throws std::invalid_argument for a binary payload to a
  /// client of version 1.
  void reply(const payload& body = {}) const { reply_as("ok", body); }
  void reply_error(const payload& body = {}) const { reply_as("error", body); }
  void reply_as(std::string_view status, const payload& body = {}) const;

private:
  runtime::pid transport_;
  std::string topic_;
  message_ref join_ref_;
  message_ref ref_;
  serializer how_;
};

} // namespace websock::channels
