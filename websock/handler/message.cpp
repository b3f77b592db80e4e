// Shares a message: checks once what each connection would check.
#include "websock/handler/message.hpp"

#include "websock/protocol/utf8_validator.hpp"

#include <stdexcept>

namespace websock {

message::~message() = default;

shared_message share(const message& content) {
  if (const auto* shared = std::get_if<shared_message>(&content.payload_))
    return *shared;
  if (protocol::is_control(content.opcode()))
    throw std::invalid_argument("share: a message is text or binary");
  if (content.opcode() == protocol::opcode::text
      && !protocol::is_valid_utf8(content.payload()))
    throw std::invalid_argument("share: a text message must be UTF-8");
  return shared_message(std::make_shared<const protocol::shared_frame>(
      content.opcode(), content.payload()));
}

} // namespace websock
