// Turns messages and control frames into octets as this end of the connection sends them.
// The counterpart of message_assembler.
#pragma once

#include "websock/protocol/close_code.hpp"
#include "websock/protocol/mask.hpp"
#include "websock/protocol/opcode.hpp"
#include "websock/protocol/role.hpp"

#include <string>
#include <string_view>

namespace websock::protocol {

/// A fresh key that nobody can foresee (RFC 6455 §5.3); asked once for each frame.
using key_source = mask_key (*)();

/// Appends whole frames to a buffer: as they are for a server, masked for a client.
class message_writer {
public:
  /// A server's.
  message_writer() noexcept = default;
  /// A client's: every frame is masked with a key of its own.
  explicit message_writer(key_source next_key) noexcept : next_key_(next_key) {}

  /// A whole text or binary message. That text is UTF-8 is the caller's promise.
  void append_message(std::string& out, opcode code, std::string_view payload);
  /// A ping or pong. Throws std::invalid_argument for a payload over 125 octets.
  void append_control(std::string& out, opcode code, std::string_view payload);
  /// Throws std::invalid_argument unless `is_sendable_close(code, body)`.
  void append_close(std::string& out, close_code code, std::string_view body = {});

private:
  key_source next_key_ = nullptr;
};

} // namespace websock::protocol
