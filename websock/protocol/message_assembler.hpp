// Turns a stream of octets into messages and control frames, within limits. RFC 6455
// §5.4, §8.1.
#pragma once

#include "websock/protocol/failure.hpp"
#include "websock/protocol/frame_parser.hpp"
#include "websock/protocol/message_buffer.hpp"
#include "websock/protocol/message_inflater.hpp"
#include "websock/protocol/message_limits.hpp"
#include "websock/protocol/role.hpp"
#include "websock/protocol/utf8_validator.hpp"
#include "websock/protocol/whole_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace websock::protocol {

/// What the peer sent. `payload` is valid until the next call of `next`, as long as the
/// memory of `in` lives. For `failed` it is empty, except that it holds the code of an
/// invalid close frame, so that the code can be reported.
struct event {
  enum class kind : std::uint8_t { need_more, text, binary, ping, pong, close, failed };
  kind what = kind::need_more;
  std::span<const std::byte> payload = {};
  failure why = {};
};

/// Delivers a whole message inside one input in place, without copying or allocating. A
/// message that spans inputs or fragments, or was compressed, is gathered in one buffer,
/// which is released with the message. Does not stop after a close frame; the caller
/// stops calling.
class message_assembler {
public:
  /// `self` is our own role. `limits` must outlive this object. Compressed messages
  /// require an inflater. Large messages take their memory from `spares`, which may be
  /// null and must outlive this object.
  message_assembler(role self, const message_limits& limits,
                    std::unique_ptr<message_inflater> inflater = {},
                    message_buffers* spares = nullptr) noexcept;

  /// Consumes from the front of `in`, unmasking in place, until an event is complete or
  /// `in` is empty (`need_more`). After a failure nothing more is consumed and every call
  /// fails the same way.
  [[nodiscard]] event next(std::span<std::byte>& in) {
    return is_idle_ && in.empty() ? event{} : take_next(in);
  }

  /// Where to read the peer's next octets after `next` has returned `need_more`: their
  /// place in a large message, which saves a copy. If empty, read them anywhere. Throws
  /// std::bad_alloc.
  [[nodiscard]] std::span<std::byte> room();
  /// Hands over the memory of the message just delivered, if `payload` is all of it and
  /// was gathered here; otherwise null. Views of the message stay valid as long as the
  /// result.
  [[nodiscard]] std::shared_ptr<const void> take_message(std::string_view payload);

  /// True if a frame or a fragmented message is incomplete: its deadline is running.
  [[nodiscard]] bool is_mid_message() const noexcept {
    return !is_idle_ && failed_ == violation::none
           && (fragments_ != 0 || parser_.is_mid_frame());
  }

  /// Octets of the incomplete message gathered so far, after decompression.
  [[nodiscard]] std::size_t gathered() const noexcept {
    return storage_ ? storage_->message.size() : 0;
  }

  /// Octets of heap memory in use; between messages, after `need_more`, only what an
  /// inflater keeps.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  struct storage {
    message_buffer message;
    std::vector<std::byte> control;
  };

  [[nodiscard]] event take_next(std::span<std::byte>& in);
  [[nodiscard]] event end_whole(const whole_frame& frame) noexcept;
  [[nodiscard]] event take_by_steps(std::span<std::byte>& in);
  [[nodiscard]] event step(std::span<std::byte>& in);
  [[nodiscard]] violation accept_header(const frame_header& header) noexcept;
  [[nodiscard]] violation count_fragment(std::uint64_t size) noexcept;
  [[nodiscard]] event take_payload(std::span<const std::byte> part);
  [[nodiscard]] event take_control(std::span<const std::byte> part);
  [[nodiscard]] event end_control(std::span<const std::byte> payload) noexcept;
  [[nodiscard]] event check_close(std::span<const std::byte> payload) noexcept;
  [[nodiscard]] event take_data(std::span<const std::byte> part);
  [[nodiscard]] event take_compressed(std::span<const std::byte> part);
  [[nodiscard]] violation inflate(std::span<const std::byte> part);
  [[nodiscard]] violation check_text(std::span<const std::byte> part) noexcept;
  [[nodiscard]] bool is_checked_text() const noexcept;
  [[nodiscard]] bool is_at_message_end() const noexcept;
  [[nodiscard]] event end_message(std::span<const std::byte> payload) noexcept;
  [[nodiscard]] event fail(violation why,
                           std::span<const std::byte> payload = {}) noexcept;
  void gather_message(std::span<const std::byte> part);
  void gather_control(std::span<const std::byte> part);
  void reserve(std::size_t earned, std::size_t arrived);
  void release_delivered(std::span<const std::byte> in) noexcept;

  frame_parser parser_;
  const message_limits* limits_;
  message_buffers* spares_;
  std::unique_ptr<storage> storage_;
  std::unique_ptr<message_inflater> inflater_;
  std::uint64_t message_size_ = 0; // the sum of the headers of this message so far
  std::uint32_t fragments_ = 0;    // frames of this message so far; 0 between messages
  utf8_validator utf8_;
  opcode message_opcode_ = opcode::text;
  violation failed_ = violation::none;
  const bool reads_whole_;         // whether frames may be taken in one step
  bool is_idle_ = true;            // nothing is in progress, held or to be released
  bool is_compressed_ = false;     // the message in progress, or the one just delivered
  bool delivered_message_ = false; // the next call releases storage_->message
  bool delivered_control_ = false; // the next call releases storage_->control
};

} // namespace websock::protocol
