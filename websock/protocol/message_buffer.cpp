// Uses realloc, which can move pages instead of copying their contents.
#include "websock/protocol/message_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace websock::protocol {

void message_buffer::reserve(std::size_t capacity) {
  if (capacity <= capacity_)
    return;
  auto* const moved = static_cast<std::byte*>(std::realloc(memory_.get(), capacity));
  if (moved == nullptr)
    throw std::bad_alloc();
  static_cast<void>(memory_.release());
  memory_.reset(moved);
  capacity_ = capacity;
}

void message_buffer::append(std::span<const std::byte> more) {
  const bool is_in_place = capacity_ != 0 && more.data() == memory_.get() + size_;
  if (!is_in_place && more.size() > capacity_ - size_)
    reserve(std::max(2 * capacity_, size_ + more.size()));
  if (!is_in_place && !more.empty())
    std::memcpy(memory_.get() + size_, more.data(), more.size());
  size_ += more.size();
}

message_buffer message_buffers::take(std::size_t capacity) noexcept {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const auto& each) {
    return each.capacity() >= capacity;
  });
  if (found == kept_.end())
    return {};
  std::swap(*found, kept_.back());
  auto taken = std::move(kept_.back());
  kept_.pop_back();
  size_ -= taken.capacity();
  return taken;
}

void message_buffers::put(message_buffer buffer) noexcept {
  if (buffer.capacity() == 0 || buffer.capacity() > most_kept - size_)
    return;
  buffer.clear();
  const auto capacity = buffer.capacity();
  try {
    kept_.push_back(std::move(buffer));
    size_ += capacity;
  } catch (const std::bad_alloc&) { // no room to keep it, so it is freed
  }
}

} // namespace websock::protocol
