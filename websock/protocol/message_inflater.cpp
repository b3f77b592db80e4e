// Decompresses in steps, so that limits apply before memory is spent.
#include "websock/protocol/message_inflater.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace websock::protocol {

namespace {

// RFC 7692 §7.2.2: what the sender removed from the end of the message.
constexpr std::array tail{std::byte{0}, std::byte{0}, std::byte{0xFF}, std::byte{0xFF}};

constexpr std::uint64_t first_capacity = 1'024;

} // namespace

message_inflater::message_inflater(const deflate_direction& peer,
                                   deflate_pool& pool) noexcept
    : pool_(pool), peer_(peer) {
}

message_inflater::~message_inflater() {
  release();
  pool_.put(std::move(context_));
}

violation message_inflater::feed(std::span<const std::byte> part, std::uint64_t max_size,
                                 utf8_validator* text) {
  if (part.empty())
    return violation::none;
  has_begun_ = true;
  if (!context_)
    context_ = pool_.take_inflater(peer_.window_bits);
  return inflate(part, max_size, text);
}

// Tolerates two omissions of senders: the octet 0 of an empty message, and the one after
// a block with BFINAL (RFC 7692 §7.2.3.4, §7.2.3.6).
violation message_inflater::finish(std::uint64_t max_size, utf8_validator* text) {
  if (!std::exchange(has_begun_, false))
    return violation::none;
  if (!context_->is_after_final_block()) {
    const violation why = inflate(tail, max_size, text);
    if (why != violation::none)
      return why;
    if (!context_->is_between_blocks())
      return violation::truncated_deflate;
  }
  if (peer_.takeover == context_takeover::none)
    pool_.put(std::move(context_));
  return violation::none;
}

violation message_inflater::inflate(std::span<const std::byte> in, std::uint64_t max_size,
                                    utf8_validator* text) {
  const auto room = pool_.inflated();
  inflater::step step;
  do {
    step = context_->inflate(in, room);
    const violation why = gather(room.first(step.written), max_size, text);
    if (why != violation::none)
      return why;
    if (step.is_corrupt)
      return violation::corrupt_deflate;
  } while (!in.empty() || step.written == room.size());
  return violation::none;
}

violation message_inflater::gather(std::span<const std::byte> fresh,
                                   std::uint64_t max_size, utf8_validator* text) {
  // The first violation in the text wins, however much arrives at a time.
  const std::uint64_t room = max_size - message_.size();
  const bool is_too_much = fresh.size() > room;
  if (is_too_much)
    fresh = fresh.first(static_cast<std::size_t>(room));
  if (text != nullptr && !text->feed(fresh))
    return violation::invalid_utf8;
  if (is_too_much)
    return violation::message_too_big;
  if (message_.capacity() == 0)
    message_ = pool_.take_buffer();
  const std::size_t size = message_.size() + fresh.size();
  if (size > message_.capacity()) {
    const std::uint64_t ahead =
        std::max<std::uint64_t>(2 * message_.capacity(), first_capacity);
    message_.reserve(std::max(size, static_cast<std::size_t>(std::min(ahead, max_size))));
  }
  message_.insert(message_.end(), fresh.begin(), fresh.end());
  return violation::none;
}

void message_inflater::release() noexcept {
  pool_.put(std::exchange(message_, {}));
}

std::size_t message_inflater::heap_size() const noexcept {
  return message_.capacity() + (context_ ? context_->heap_size() : 0);
}

} // namespace websock::protocol
