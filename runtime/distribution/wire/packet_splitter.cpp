// The splitter: one buffer, filled at its end and read at its beginning.

#include "packet_splitter.hpp"

#include "../etf/malformed.hpp"
#include "octets.hpp"
#include "packet_length.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace websock::runtime::distribution {

namespace {

// What is taken at first, and kept once a large packet is through: room for a fragment of
// 64 KiB and what comes with it.
constexpr std::size_t usual_capacity = std::size_t{128} * 1024;
// A read of less costs more system calls than it saves memory.
constexpr std::size_t least_room = std::size_t{4} * 1024;

} // namespace

std::span<char> packet_splitter::room() {
  make_room(least_room);
  return {buffer_.get() + end_, capacity_ - end_};
}

void packet_splitter::received(std::size_t count) noexcept {
  assert(count <= capacity_ - end_);
  end_ += count;
}

void packet_splitter::append(std::string_view octets) {
  make_room(octets.size());
  std::copy(octets.begin(), octets.end(), buffer_.get() + end_);
  end_ += octets.size();
}

std::optional<std::string_view> packet_splitter::next() {
  if (held() < length_size)
    return std::nullopt;
  const std::string_view waiting{buffer_.get() + begin_, held()};
  const std::size_t size = big_endian<std::uint32_t>(waiting);
  if (size > max_packet_)
    throw etf::malformed("a packet of " + std::to_string(size) + " octets; the limit is "
                             + std::to_string(max_packet_),
                         0);
  if (waiting.size() - length_size < size)
    return std::nullopt;
  begin_ += length_size + size;
  return waiting.substr(length_size, size);
}

// What waits moves to the front when that costs no more than what was consumed, or when
// the end has no room. Doubling keeps the copies in proportion to what arrives.
void packet_splitter::make_room(std::size_t wanted) {
  const std::size_t waiting = held();
  std::size_t needed = usual_capacity;
  while (needed < waiting + wanted)
    needed *= 2;
  if (needed != capacity_)
    move_to(std::make_unique_for_overwrite<char[]>(needed), needed);
  else if (begin_ >= waiting || capacity_ - end_ < wanted)
    std::memmove(buffer_.get(), buffer_.get() + begin_, waiting);
  else
    return;
  begin_ = 0;
  end_ = waiting;
}

void packet_splitter::move_to(std::unique_ptr<char[]> other, std::size_t capacity) {
  if (held() != 0)
    std::memcpy(other.get(), buffer_.get() + begin_, held());
  buffer_ = std::move(other);
  capacity_ = capacity;
}

} // namespace websock::runtime::distribution
