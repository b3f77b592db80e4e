// Reads frames from a stream cut anywhere, unmasking in place, and refuses a header at
// the first octet that makes it wrong. Of messages it knows only whether one is under
// way; the rest is message_assembler's.
#pragma once

#include "websock/protocol/failure.hpp"
#include "websock/protocol/frame_header.hpp"
#include "websock/protocol/role.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace websock::protocol {

/// One step through a frame. `payload` is an unmasked part of the payload, a view into
/// the input.
struct frame_part {
  enum class kind : std::uint8_t { need_more, header, payload, failed };
  kind what = kind::need_more;
  std::span<std::byte> payload = {};
  violation why = violation::none;
};

/// Holds at most a partial header; payload passes through. An idle connection keeps one
/// of these. What fails, and how, does not depend on how the stream is cut.
class frame_parser {
public:
  /// `self` is our own role; `allowed` are the reserved bits that an extension gave a
  /// meaning on the first frame of a message.
  explicit frame_parser(role self, rsv allowed = rsv::none) noexcept
      : self_(self), allowed_(allowed) {}

  /// Consumes one step from the front of `in`. A frame without payload has only its
  /// header step. After a failure nothing is consumed and every call fails alike.
  [[nodiscard]] frame_part next(std::span<std::byte>& in,
                                std::uint64_t max_frame_size) noexcept;

  /// The header of the current frame, from its header step to the next one.
  [[nodiscard]] const frame_header& header() const noexcept { return current_.header; }

  /// Octets of payload that the current frame still lacks; 0 ends the frame.
  [[nodiscard]] std::uint64_t payload_left() const noexcept { return payload_left_; }

  /// True if a frame was started and is incomplete.
  [[nodiscard]] bool is_mid_frame() const noexcept {
    return held_ != 0 || payload_left_ != 0;
  }

private:
  [[nodiscard]] frame_part next_header(std::span<std::byte>& in,
                                       std::uint64_t max_frame_size) noexcept;
  [[nodiscard]] frame_part next_payload(std::span<std::byte>& in) noexcept;
  [[nodiscard]] frame_part gather_header(std::span<std::byte>& in,
                                         std::uint64_t max_frame_size) noexcept;
  [[nodiscard]] bool hold(std::span<std::byte>& in, std::size_t wanted) noexcept;
  [[nodiscard]] frame_part begin(const frame_header& header) noexcept;
  [[nodiscard]] violation judge_partial(std::uint64_t max_frame_size) const noexcept;
  [[nodiscard]] violation judge_first(const frame_header& header) const noexcept;
  [[nodiscard]] violation judge_second(const frame_header& header,
                                       std::size_t size) const noexcept;
  [[nodiscard]] frame_part fail(violation why) noexcept;

  /// Never both: every connection has one of these (bench: idle_connections).
  union header_or_start {
    frame_header header{};
    std::array<std::byte, max_header_size> start; // while held_ is not 0
  };

  header_or_start current_;
  std::uint64_t payload_left_ = 0;
  std::uint8_t held_ = 0; // octets in current_.start
  role self_;
  rsv allowed_;
  bool is_mid_message_ = false; // a fragment came that was not the last one
  violation failed_ = violation::none;
};

} // namespace websock::protocol
