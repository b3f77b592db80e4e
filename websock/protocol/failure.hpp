// Every protocol violation that a peer can commit, with its close code and clause.
#pragma once

#include "websock/protocol/close_code.hpp"

#include <cstdint>
#include <string_view>

namespace websock::protocol {

/// The close code and reason for a violation. The reason names the clause and is static.
struct failure {
  close_code code = close_code::normal;
  std::string_view reason;

  friend bool operator==(const failure&, const failure&) = default;
};

enum class violation : std::uint8_t {
  none,
  reserved_bits,
  unknown_opcode,
  fragmented_control,
  oversized_control,
  unmasked_frame,
  masked_frame,
  non_minimal_length,
  length_high_bit,
  frame_too_big,
  message_too_big,
  too_many_fragments,
  stray_continuation,
  interleaved_message,
  invalid_utf8,
  truncated_utf8,
  truncated_close_code,
  invalid_close_code,
  invalid_close_body,
  compressed_control,
  compressed_continuation,
  corrupt_deflate,
  truncated_deflate,
};

/// The close code and the text of a violation; `none` gives an empty reason.
[[nodiscard]] failure describe(violation broken) noexcept;

} // namespace websock::protocol
