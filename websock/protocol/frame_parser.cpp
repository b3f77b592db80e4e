// The frame parser: gathers a header, judges it, then passes the payload through.

#include "websock/protocol/frame_parser.hpp"

#include <algorithm>

namespace websock::protocol {

namespace {

std::span<std::byte> take_front(std::span<std::byte>& in, std::uint64_t wanted) noexcept {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, in.size()));
  const auto front = in.first(size);
  in = in.subspan(size);
  return front;
}

// RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length".
std::uint64_t smallest_payload(const frame_header& header, std::size_t encoded) noexcept {
  const std::size_t extended = encoded - 2 - (header.is_masked ? header.key.size() : 0);
  if (extended == 0)
    return 0;
  return extended == 2 ? 126 : 0x1'0000;
}

} // namespace

frame_part frame_parser::next(std::span<std::byte>& in,
                              std::uint64_t max_frame_size) noexcept {
  if (failed_ != violation::none)
    return fail(failed_);
  if (in.empty())
    return {};
  return payload_left_ == 0 ? next_header(in, max_frame_size) : next_payload(in);
}

frame_part frame_parser::next_header(std::span<std::byte>& in,
                                     std::uint64_t max_frame_size) noexcept {
  const auto octets = gather_header(in);
  if (octets.empty())
    return {};
  header_ = decode_header(octets);
  if (const violation why = judge_start(); why != violation::none)
    return fail(why);
  if (const violation why = judge_length(octets.size(), max_frame_size);
      why != violation::none)
    return fail(why);
  payload_left_ = header_.payload_size;
  return {.what = frame_part::kind::header};
}

// The whole header: in the input if it lies there in one piece, else in partial_. Or
// nothing yet.
std::span<const std::byte>
frame_parser::gather_header(std::span<std::byte>& in) noexcept {
  if (held_ == 0 && in.size() >= 2 && in.size() >= header_size(in.first<2>()))
    return take_front(in, header_size(in.first<2>()));
  if (!hold(in, 2))
    return {};
  const std::size_t size = header_size(std::span{partial_}.first<2>());
  if (!hold(in, size))
    return {};
  held_ = 0;
  return std::span{partial_}.first(size);
}

bool frame_parser::hold(std::span<std::byte>& in, std::size_t wanted) noexcept {
  if (held_ >= wanted)
    return true;
  const auto more = take_front(in, wanted - held_);
  std::copy(more.begin(), more.end(), partial_.begin() + held_);
  held_ = static_cast<std::uint8_t>(held_ + more.size());
  return held_ == wanted;
}

violation frame_parser::judge_start() const noexcept {
  if (exceeds(header_.rsv, allowed_))
    return violation::reserved_bits;
  if (!is_known(header_.opcode))
    return violation::unknown_opcode;
  if (is_control(header_.opcode) && header_.fin == fin::clear)
    return violation::fragmented_control;
  // RFC 6455 §5.1: clients mask every frame, servers none.
  if (self_ == role::server && !header_.is_masked)
    return violation::unmasked_frame;
  if (self_ == role::client && header_.is_masked)
    return violation::masked_frame;
  return violation::none;
}

violation frame_parser::judge_length(std::size_t encoded,
                                     std::uint64_t max_frame_size) const noexcept {
  if (header_.payload_size >> 63U != 0)
    return violation::length_high_bit;
  if (header_.payload_size < smallest_payload(header_, encoded))
    return violation::non_minimal_length;
  if (is_control(header_.opcode))
    return header_.payload_size > max_control_payload ? violation::oversized_control
                                                      : violation::none;
  return header_.payload_size > max_frame_size ? violation::frame_too_big
                                               : violation::none;
}

frame_part frame_parser::next_payload(std::span<std::byte>& in) noexcept {
  const std::uint64_t phase = header_.payload_size - payload_left_;
  const auto part = take_front(in, payload_left_);
  payload_left_ -= part.size();
  if (header_.is_masked)
    apply_mask(part, header_.key, static_cast<std::size_t>(phase % header_.key.size()));
  return {.what = frame_part::kind::payload, .payload = part};
}

frame_part frame_parser::fail(violation why) noexcept {
  failed_ = why;
  return {.what = frame_part::kind::failed, .why = why};
}

} // namespace websock::protocol
