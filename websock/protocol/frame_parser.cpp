// The frame parser: collects a header, validates it, then passes the payload through.

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

// Octets of the extended payload length of a header of this size: 0, 2 or 8.
std::size_t extended_length(const frame_header& header, std::size_t size) noexcept {
  return size - 2 - (header.is_masked ? header.key.size() : 0);
}

// RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length".
std::uint64_t smallest_payload(std::size_t extended) noexcept {
  if (extended == 0)
    return 0;
  return extended == 2 ? 126 : 0x1'0000;
}

// The violation that any length from `least` to `most` proves. The two are equal once all
// octets of the length are there.
violation judge_length(const frame_header& least, const frame_header& most,
                       std::size_t size, std::uint64_t max_frame_size) noexcept {
  if (least.payload_size >> 63U != 0)
    return violation::length_high_bit;
  if (most.payload_size < smallest_payload(extended_length(least, size)))
    return violation::non_minimal_length;
  if (is_control(least.opcode)) // validated from its second octet
    return violation::none;
  return least.payload_size > max_frame_size ? violation::frame_too_big : violation::none;
}

// The header that results if every missing octet is `filler`.
frame_header filled_up(std::span<const std::byte> octets, std::byte filler) noexcept {
  std::array<std::byte, max_header_size> whole{};
  whole.fill(filler);
  std::copy(octets.begin(), octets.end(), whole.begin());
  return decode_header(whole);
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
  const std::size_t size = in.size() < 2 ? 2 : header_size(in.first<2>());
  if (held_ != 0 || in.size() < size)
    return gather_header(in, max_frame_size);
  const frame_header header = decode_header(take_front(in, size));
  violation why = judge_first(header);
  if (why == violation::none)
    why = judge_second(header, size);
  if (why == violation::none)
    why = judge_length(header, header, size, max_frame_size);
  return why == violation::none ? begin(header) : fail(why);
}

// A header that arrives in pieces is validated with each piece.
frame_part frame_parser::gather_header(std::span<std::byte>& in,
                                       std::uint64_t max_frame_size) noexcept {
  const bool has_start = hold(in, 2);
  const bool is_whole =
      has_start && hold(in, header_size(std::span{current_.start}.first<2>()));
  if (const violation why = judge_partial(max_frame_size); why != violation::none)
    return fail(why);
  if (!is_whole)
    return {};
  held_ = 0;
  return begin(decode_header(current_.start));
}

frame_part frame_parser::begin(const frame_header& header) noexcept {
  current_.header = header;
  payload_left_ = header.payload_size;
  if (!is_control(header.opcode))
    is_mid_message_ = header.fin == fin::clear;
  return {.what = frame_part::kind::header};
}

bool frame_parser::hold(std::span<std::byte>& in, std::size_t wanted) noexcept {
  if (held_ >= wanted)
    return true;
  if (held_ == 0)
    current_.start = {}; // takes the place of the previous header
  const auto more = take_front(in, wanted - held_);
  std::copy(more.begin(), more.end(), current_.start.begin() + held_);
  held_ = static_cast<std::uint8_t>(held_ + more.size());
  return held_ == wanted;
}

// Validates the octets of current_.start in order, each as soon as it has arrived.
violation frame_parser::judge_partial(std::uint64_t max_frame_size) const noexcept {
  const auto octets = std::span{current_.start}.first(held_);
  const frame_header least = filled_up(octets, std::byte{0x00});
  violation why = judge_first(least);
  if (why != violation::none || held_ < 2)
    return why;
  const std::size_t size = header_size(octets.first<2>());
  why = judge_second(least, size);
  if (why != violation::none)
    return why;
  return judge_length(least, filled_up(octets, std::byte{0xFF}), size, max_frame_size);
}

violation frame_parser::judge_first(const frame_header& header) const noexcept {
  const bool is_continuation = header.opcode == opcode::continuation;
  if (exceeds(header.rsv, allowed_))
    return violation::reserved_bits;
  if (!is_known(header.opcode))
    return violation::unknown_opcode;
  // RFC 7692 §6: the first frame marks the whole message as compressed.
  if (header.rsv != rsv::none && is_control(header.opcode))
    return violation::compressed_control;
  if (header.rsv != rsv::none && is_continuation)
    return violation::compressed_continuation;
  if (is_control(header.opcode)) // RFC 6455 §5.4: these may come between fragments.
    return header.fin == fin::clear ? violation::fragmented_control : violation::none;
  if (is_continuation == is_mid_message_)
    return violation::none;
  return is_continuation ? violation::stray_continuation : violation::interleaved_message;
}

violation frame_parser::judge_second(const frame_header& header,
                                     std::size_t size) const noexcept {
  // RFC 6455 §5.1: clients mask every frame, servers none.
  if (self_ == role::server && !header.is_masked)
    return violation::unmasked_frame;
  if (self_ == role::client && header.is_masked)
    return violation::masked_frame;
  // RFC 6455 §5.5: 125 is the most that fits without an extended length.
  if (is_control(header.opcode) && extended_length(header, size) != 0)
    return violation::oversized_control;
  return violation::none;
}

frame_part frame_parser::next_payload(std::span<std::byte>& in) noexcept {
  const std::uint64_t phase = current_.header.payload_size - payload_left_;
  const auto part = take_front(in, payload_left_);
  payload_left_ -= part.size();
  if (current_.header.is_masked)
    apply_mask(part, current_.header.key,
               static_cast<std::size_t>(phase % current_.header.key.size()));
  return {.what = frame_part::kind::payload, .payload = part};
}

frame_part frame_parser::fail(violation why) noexcept {
  failed_ = why;
  held_ = 0;
  return {.what = frame_part::kind::failed, .why = why};
}

} // namespace websock::protocol
