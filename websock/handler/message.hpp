// Messages as handlers see them: received as views, sent as values.
#pragma once

#include "websock/handler/frame_references.hpp"
#include "websock/protocol/compression.hpp"
#include "websock/protocol/octets.hpp"
#include "websock/protocol/opcode.hpp"
#include "websock/protocol/shared_frame.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace websock {

/// A complete text or binary message. Valid during the callback that receives it, and in
/// the result of that callback.
class message_view {
public:
  message_view(protocol::opcode code, std::span<const std::byte> payload) noexcept
      : payload_(payload), code_(code) {}

  [[nodiscard]] bool is_text() const noexcept { return code_ == protocol::opcode::text; }
  [[nodiscard]] bool is_binary() const noexcept {
    return code_ == protocol::opcode::binary;
  }
  [[nodiscard]] protocol::opcode opcode() const noexcept { return code_; }
  /// The payload as characters; UTF-8 if it is text.
  [[nodiscard]] std::string_view text() const noexcept {
    return protocol::as_chars(payload_);
  }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return payload_; }
  [[nodiscard]] std::size_t size() const noexcept { return payload_.size(); }

private:
  friend class connection;
  friend class message;

  std::span<const std::byte> payload_;
  protocol::opcode code_;
  bool is_checked_ = false; // already known to be UTF-8
};

/// A ping, which has already been answered, or a pong. Valid during the callback.
class control_view {
public:
  control_view(protocol::opcode code, std::span<const std::byte> payload) noexcept
      : payload_(payload), code_(code) {}

  [[nodiscard]] protocol::opcode opcode() const noexcept { return code_; }
  [[nodiscard]] bool is_ping() const noexcept { return code_ == protocol::opcode::ping; }
  [[nodiscard]] bool is_pong() const noexcept { return code_ == protocol::opcode::pong; }
  [[nodiscard]] std::string_view payload() const noexcept {
    return protocol::as_chars(payload_);
  }

private:
  std::span<const std::byte> payload_;
  protocol::opcode code_;
};

class message;

/// A text or binary message for any number of connections. Made by `share`; cheap to
/// copy, immutable, usable on any thread, and thus a good message between processes,
/// which `handle_info` can push. It is checked and encoded once, and compressed once for
/// all connections whose compressors have the same settings; large ones are not copied.
class shared_message {
public:
  [[nodiscard]] protocol::opcode opcode() const noexcept { return frame_->code(); }
  [[nodiscard]] std::string_view payload() const noexcept { return frame_->payload(); }

  /// Counts towards mailbox limits in bytes.
  friend std::size_t heap_size(const shared_message& shared) noexcept {
    return sizeof(protocol::shared_frame) + shared.frame_->plain().size();
  }

private:
  friend class connection;
  friend class message;
  friend shared_message share(const message& content);
  explicit shared_message(detail::frame_reference frame) noexcept
      : frame_(std::move(frame)) {}

  detail::frame_reference frame_;
};

/// Throws std::invalid_argument unless it is binary, or text in valid UTF-8.
[[nodiscard]] shared_message share(const message& content);

/// A message to send: text, binary, ping or pong. Owns its payload, shares it or, if made
/// from a message_view, refers to it.
class message {
public:
  message(protocol::opcode code, std::string payload)
      : payload_(std::move(payload)), code_(code) {}
  explicit(false) message(const shared_message& shared) noexcept
      : payload_(shared_message(detail::take_reference(shared.frame_))),
        code_(shared.opcode()) {}
  explicit(false) message(shared_message&& shared) noexcept
      : payload_(std::move(shared)), code_(std::get<shared_message>(payload_).opcode()) {}
  message(const message&) = default;
  message(message&&) noexcept = default;
  message& operator=(const message&) = default;
  message& operator=(message&&) noexcept = default;
  // Not inline: g++ 12 would warn about the destruction of members that are not there.
  ~message();
  /// Sends the same bytes back, without copying them before the output buffer.
  explicit(false) message(message_view in) noexcept
      : payload_(in.text()), code_(in.opcode()), is_checked_(in.is_checked_) {}

  /// The same message, sent uncompressed even if compression was negotiated: for data
  /// that does not shrink, and for secrets sent together with data that others may
  /// choose.
  [[nodiscard]] message uncompressed() && noexcept {
    compression_ = protocol::compression::refused;
    return std::move(*this);
  }
  [[nodiscard]] message uncompressed() const& { return message(*this).uncompressed(); }

  [[nodiscard]] protocol::opcode opcode() const noexcept { return code_; }
  [[nodiscard]] protocol::compression compression() const noexcept {
    return compression_;
  }
  [[nodiscard]] std::string_view payload() const noexcept {
    if (const auto* shared = std::get_if<shared_message>(&payload_))
      return shared->payload();
    if (const auto* owned = std::get_if<std::string>(&payload_))
      return *owned;
    return std::get<std::string_view>(payload_);
  }

private:
  friend class connection;
  friend shared_message share(const message& content);

  std::variant<std::string_view, std::string, shared_message> payload_;
  protocol::opcode code_;
  bool is_checked_ = false; // already known to be UTF-8
  protocol::compression compression_ = protocol::compression::allowed;
};

/// A text message. The payload must be UTF-8, or the callback that sends it counts as
/// having thrown.
[[nodiscard]] inline message text(std::string payload) {
  return {protocol::opcode::text, std::move(payload)};
}
[[nodiscard]] inline message binary(std::string payload) {
  return {protocol::opcode::binary, std::move(payload)};
}
[[nodiscard]] inline message binary(std::span<const std::byte> payload) {
  return {protocol::opcode::binary, std::string(protocol::as_chars(payload))};
}
/// At most 125 bytes, as in every control frame (RFC 6455 §5.5).
[[nodiscard]] inline message ping(std::string payload = {}) {
  return {protocol::opcode::ping, std::move(payload)};
}
[[nodiscard]] inline message pong(std::string payload = {}) {
  return {protocol::opcode::pong, std::move(payload)};
}

} // namespace websock
