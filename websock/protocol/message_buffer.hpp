// Memory for a message that arrives in pieces: grows without copying where the system
// supports it, and can be read into without being initialised.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace websock::protocol {

/// Octets followed by spare room.
class message_buffer {
public:
  message_buffer() noexcept = default;
  message_buffer(message_buffer&& other) noexcept
      : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  message_buffer& operator=(message_buffer&& other) noexcept {
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  [[nodiscard]] std::span<std::byte> octets() noexcept { return {memory_.get(), size_}; }
  [[nodiscard]] std::span<const std::byte> octets() const noexcept {
    return {memory_.get(), size_};
  }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  /// The memory allocated behind the octets; not initialised.
  [[nodiscard]] std::span<std::byte> room() noexcept {
    return {memory_.get() + size_, capacity_ - size_};
  }

  /// Ensures room for `capacity` octets in total. Throws std::bad_alloc.
  void reserve(std::size_t capacity);
  /// Appends a copy, or just extends over octets already in the room. Throws
  /// std::bad_alloc.
  void append(std::span<const std::byte> more);
  void clear() noexcept { size_ = 0; }

private:
  struct freeing {
    void operator()(std::byte* memory) const noexcept { std::free(memory); }
  };

  std::unique_ptr<std::byte, freeing> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Large buffers that no connection of a shard is using, kept because the kernel must
/// clear the pages of a new one first. Single-threaded; must outlive its borrowers.
class message_buffers {
public:
  static constexpr std::size_t most_kept = 4'194'304; // octets in total

  /// An empty buffer with at least `capacity`, or with none.
  [[nodiscard]] message_buffer take(std::size_t capacity) noexcept;
  void put(message_buffer buffer) noexcept;

  /// Octets of heap memory in use.
  [[nodiscard]] std::size_t heap_size() const noexcept { return size_; }

private:
  std::vector<message_buffer> kept_;
  std::size_t size_ = 0; // the sum of their capacities
};

} // namespace websock::protocol
