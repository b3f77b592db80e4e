// Reads frames from a stream cut at any position, unmasking in place, and rejects a
// header at the first octet that makes it invalid. It tracks whether a message is in
// progress; everything else about messages is in message_assembler.
#pragma once

#include "websock/protocol/failure.hpp"
#include "websock/protocol/frame_header.hpp"
#include "websock/protocol/role.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace websock::protocol {

/// One step through a frame. `payload` is an unmasked part of the payload and points into
/// the input.
struct frame_part {
  enum class kind : std::uint8_t { need_more, header, payload, failed };
  kind what = kind::need_more;
  std::span<std::byte> payload = {};
  violation why = violation::none;
};

/// Buffers at most a partial header and passes payload through. Every connection has one.
/// Whether and how parsing fails does not depend on how the stream is cut.
class frame_parser {
public:
  /// `self` is our own role; `allowed` are the reserved bits that a negotiated extension
  /// defines for the first frame of a message.
  explicit frame_parser(role self, rsv allowed = rsv::none) noexcept
      : self_(self), allowed_(allowed) {}

  /// Consumes one step from the front of `in`. A frame without payload has only a header
  /// step. After a failure nothing more is consumed and every call fails the same way.
  [[nodiscard]] frame_part next(std::span<std::byte>& in,
                                std::uint64_t max_frame_size) noexcept;

  /// The header of the current frame, from its header step to the next one.
  [[nodiscard]] const frame_header& header() const noexcept { return current_.header; }

  /// Octets missing from the current frame's payload; 0 after its end.
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

  /// One or the other: each octet counts in every connection (bench: idle_connections).
  union header_or_start {
    frame_header header{};
    std::array<std::byte, max_header_size> start; // while held_ is not 0
  };

  header_or_start current_;
  std::uint64_t payload_left_ = 0;
  std::uint8_t held_ = 0; // octets in current_.start
  role self_;
  rsv allowed_;
  bool is_mid_message_ = false; // after a fragment that was not the last
  violation failed_ = violation::none;
};

} // namespace websock::protocol
