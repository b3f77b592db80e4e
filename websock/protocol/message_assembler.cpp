// The assembler: one loop over the parser's steps, delivering messages in place if
// possible.

#include "websock/protocol/message_assembler.hpp"

#include "websock/protocol/close_payload.hpp"
#include "websock/protocol/octets.hpp"

#include <algorithm>
#include <utility>

namespace websock::protocol {

namespace {

// At most this much is reserved for a large frame before any of it has arrived.
constexpr std::size_t first_reserve = 4096;

// A buffer up to this size is kept for the next message in the same input.
constexpr std::size_t kept_capacity = 65'536;

// A smaller remainder is read together with what follows it.
constexpr std::size_t least_room = 16'384;

event::kind kind_of(opcode code) noexcept {
  switch (code) {
  case opcode::binary:
    return event::kind::binary;
  case opcode::close:
    return event::kind::close;
  case opcode::ping:
    return event::kind::ping;
  case opcode::pong:
    return event::kind::pong;
  default:
    return event::kind::text;
  }
}

} // namespace

message_assembler::message_assembler(role self, const message_limits& limits,
                                     std::unique_ptr<message_inflater> inflater,
                                     message_buffers* spares) noexcept
    : parser_(self, inflater ? rsv::rsv1 : rsv::none), limits_(&limits), spares_(spares),
      inflater_(std::move(inflater)),
      reads_whole_(self == role::server && limits.max_fragments != 0) {
}

// A message entirely in the input changes no state, so the next can take this path too.
event message_assembler::take_next(std::span<std::byte>& in) {
  if (is_idle_ && reads_whole_) {
    const auto most = std::min(limits_->max_frame_size, limits_->max_message_size);
    const auto frame = take_whole_frame(in, most);
    if (frame.opcode != opcode::continuation)
      return end_whole(frame);
  }
  return take_by_steps(in);
}

event message_assembler::end_whole(const whole_frame& frame) noexcept {
  if (frame.opcode == opcode::binary)
    return {.what = event::kind::binary, .payload = frame.payload};
  if (!frame.is_ascii && limits_->validate_utf8 == utf8_policy::validate) {
    if (!utf8_.feed(frame.payload))
      return fail(violation::invalid_utf8);
    if (!utf8_.complete())
      return fail(violation::truncated_utf8);
  }
  return {.what = event::kind::text, .payload = frame.payload};
}

event message_assembler::take_by_steps(std::span<std::byte>& in) {
  const event done = step(in);
  is_idle_ = failed_ == violation::none && fragments_ == 0 && !parser_.is_mid_frame()
             && !delivered_message_ && !storage_;
  return done;
}

event message_assembler::step(std::span<std::byte>& in) {
  release_delivered(in);
  if (failed_ != violation::none)
    return fail(failed_);
  while (true) {
    const frame_part part = parser_.next(in, limits_->max_frame_size);
    if (part.what == frame_part::kind::need_more)
      return {};
    if (part.what == frame_part::kind::failed)
      return fail(part.why);
    if (part.what == frame_part::kind::header) {
      if (const violation why = accept_header(parser_.header()); why != violation::none)
        return fail(why);
      if (parser_.payload_left() != 0)
        continue;
    }
    if (const event done = take_payload(part.payload);
        done.what != event::kind::need_more)
      return done;
  }
}

std::span<std::byte> message_assembler::room() {
  if (parser_.payload_left() < least_room || is_control(parser_.header().opcode)
      || is_compressed_ || !storage_ || storage_->message.empty() || delivered_message_)
    return {};
  const auto& message = storage_->message;
  if (message.capacity() - message.size() < message.size() / 2)
    reserve(2 * message.size(),
            0); // not per read, as some systems move the memory each time
  const auto room = storage_->message.room();
  const auto wanted = std::min<std::uint64_t>(room.size(), parser_.payload_left());
  return wanted < least_room ? std::span<std::byte>()
                             : room.first(static_cast<std::size_t>(wanted));
}

std::shared_ptr<const void> message_assembler::take_message(std::string_view payload) {
  if (!delivered_message_ || is_compressed_ || !storage_)
    return nullptr;
  const auto all = as_chars(storage_->message.octets());
  if (all.data() != payload.data() || all.size() != payload.size())
    return nullptr;
  const auto give_back = [spares = spares_](message_buffer* buffer) noexcept {
    const std::unique_ptr<message_buffer> done(buffer);
    if (spares != nullptr)
      spares->put(std::move(*buffer));
  };
  return {new message_buffer(std::move(storage_->message)), give_back};
}

std::size_t message_assembler::heap_size() const noexcept {
  std::size_t size = 0;
  if (inflater_)
    size += sizeof(message_inflater) + inflater_->heap_size();
  if (storage_)
    size += sizeof(storage) + storage_->message.capacity() + storage_->control.capacity();
  return size;
}

violation message_assembler::accept_header(const frame_header& header) noexcept {
  if (header.opcode == opcode::close && header.payload_size == 1)
    return violation::truncated_close_code;
  if (is_control(header.opcode))
    return violation::none;
  if (fragments_ == 0) {
    message_opcode_ = header.opcode;
    is_compressed_ = header.rsv != rsv::none;
  }
  // A compressed frame is counted as it is decompressed.
  return count_fragment(is_compressed_ ? 0 : header.payload_size);
}

violation message_assembler::count_fragment(std::uint64_t size) noexcept {
  if (fragments_ >= limits_->max_fragments)
    return violation::too_many_fragments;
  if (size > limits_->max_message_size - message_size_)
    return violation::message_too_big;
  ++fragments_;
  message_size_ += size;
  return violation::none;
}

event message_assembler::take_payload(std::span<const std::byte> part) {
  if (is_control(parser_.header().opcode))
    return take_control(part);
  return is_compressed_ ? take_compressed(part) : take_data(part);
}

event message_assembler::take_control(std::span<const std::byte> part) {
  if (part.size() == parser_.header().payload_size)
    return end_control(part);
  gather_control(part);
  if (parser_.payload_left() != 0)
    return check_close(storage_->control);
  delivered_control_ = true;
  return end_control(storage_->control);
}

event message_assembler::end_control(std::span<const std::byte> payload) noexcept {
  if (const event wrong = check_close(payload); wrong.what == event::kind::failed)
    return wrong;
  return {.what = kind_of(parser_.header().opcode), .payload = payload};
}

// Validates a close frame as far as it has arrived. An invalid one fails at once, and
// only its code is reported.
event message_assembler::check_close(std::span<const std::byte> payload) noexcept {
  if (parser_.header().opcode != opcode::close)
    return {};
  const violation why = parser_.payload_left() == 0 ? check_close_payload(payload)
                                                    : check_close_start(payload);
  if (why == violation::none)
    return {};
  return fail(why, payload.first(why == violation::invalid_close_code ? 2 : 0));
}

event message_assembler::take_data(std::span<const std::byte> part) {
  if (const violation why = check_text(part); why != violation::none)
    return fail(why);
  if (is_at_message_end() && part.size() == message_size_)
    return end_message(part);
  gather_message(part);
  if (!is_at_message_end())
    return {};
  delivered_message_ = true;
  return end_message(storage_->message.octets());
}

event message_assembler::take_compressed(std::span<const std::byte> part) {
  if (const violation why = inflate(part); why != violation::none)
    return fail(why);
  if (!is_at_message_end())
    return {};
  delivered_message_ = true;
  return end_message(inflater_->message());
}

violation message_assembler::inflate(std::span<const std::byte> part) {
  utf8_validator* const text = is_checked_text() ? &utf8_ : nullptr;
  violation why = inflater_->feed(part, limits_->max_message_size, text);
  if (why != violation::none || !is_at_message_end())
    return why;
  why = inflater_->finish(limits_->max_message_size, text);
  const bool is_cut = text != nullptr && !text->complete();
  return why == violation::none && is_cut ? violation::truncated_utf8 : why;
}

bool message_assembler::is_checked_text() const noexcept {
  return message_opcode_ == opcode::text
         && limits_->validate_utf8 == utf8_policy::validate;
}

violation message_assembler::check_text(std::span<const std::byte> part) noexcept {
  if (!is_checked_text())
    return violation::none;
  if (!utf8_.feed(part))
    return violation::invalid_utf8;
  return is_at_message_end() && !utf8_.complete() ? violation::truncated_utf8
                                                  : violation::none;
}

event message_assembler::end_message(std::span<const std::byte> payload) noexcept {
  fragments_ = 0;
  message_size_ = 0;
  return {.what = kind_of(message_opcode_), .payload = payload};
}

bool message_assembler::is_at_message_end() const noexcept {
  return parser_.payload_left() == 0 && parser_.header().fin == fin::set;
}

event message_assembler::fail(violation why,
                              std::span<const std::byte> payload) noexcept {
  failed_ = why;
  is_idle_ = false;
  if (storage_)
    storage_->message = {};
  if (inflater_)
    inflater_->release();
  return {.what = event::kind::failed, .payload = payload, .why = describe(why)};
}

// The only copy of payload that spans inputs or fragments. Never reserves more than twice
// what has arrived, or a page, whatever a header claims.
void message_assembler::gather_message(std::span<const std::byte> part) {
  if (part.empty())
    return;
  if (!storage_)
    storage_ = std::make_unique<storage>();
  auto& buffer = storage_->message;
  if (part.size() > buffer.room().size())
    reserve(std::max(first_reserve, 2 * (buffer.size() + part.size())), part.size());
  buffer.append(part);
}

// Reserves `earned`, or less if the message's only frame so far needs less; a spare
// buffer has room for the whole frame.
void message_assembler::reserve(std::size_t earned, std::size_t arrived) {
  auto& buffer = storage_->message;
  const std::uint64_t claimed = buffer.size() + arrived + parser_.payload_left();
  const auto wanted =
      fragments_ > 1 ? earned
                     : static_cast<std::size_t>(std::min<std::uint64_t>(claimed, earned));
  if (wanted <= buffer.capacity())
    return;
  if (spares_ != nullptr && claimed > kept_capacity
      && claimed <= message_buffers::most_kept) {
    if (auto spare = spares_->take(static_cast<std::size_t>(claimed));
        spare.capacity() != 0) {
      spare.append(buffer.octets());
      std::swap(buffer, spare);
      return;
    }
  }
  buffer.reserve(wanted);
}

void message_assembler::gather_control(std::span<const std::byte> part) {
  if (!storage_)
    storage_ = std::make_unique<storage>();
  auto& buffer = storage_->control;
  buffer.reserve(part.size() + parser_.payload_left()); // at most 125
  buffer.insert(buffer.end(), part.begin(), part.end());
}

void message_assembler::release_delivered(std::span<const std::byte> in) noexcept {
  if (delivered_message_ && is_compressed_)
    inflater_->release();
  if (!storage_) {
    delivered_message_ = false;
    return;
  }
  if (delivered_message_)
    storage_->message.clear();
  if (delivered_control_)
    storage_->control.clear();
  delivered_message_ = delivered_control_ = false;
  if (!storage_->message.empty() || !storage_->control.empty())
    return;
  const bool has_use = !in.empty() && failed_ == violation::none;
  if (has_use && storage_->message.capacity() <= kept_capacity)
    return;
  if (spares_ != nullptr && storage_->message.capacity() > kept_capacity)
    spares_->put(std::move(storage_->message));
  storage_.reset();
}

} // namespace websock::protocol
