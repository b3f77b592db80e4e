// Memory for what is made and gone again soon, on one shard: the frames of callbacks that
// are coroutines, the letters of a broadcast.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace websock::runtime {

class behaviour;
class process;

namespace detail {

/// Blocks by size class, kept for the next frame of that size. Not thread-safe: a frame
/// is allocated and released on its shard. Larger ones come from the heap.
class frame_pool {
public:
  /// What frames are aligned to: the compiler aligns nothing more itself that is in one.
  static constexpr std::size_t alignment = 64;

  frame_pool() noexcept = default;
  ~frame_pool();
  frame_pool(const frame_pool&) = delete;
  frame_pool& operator=(const frame_pool&) = delete;

  [[nodiscard]] void* allocate(std::size_t size) {
    const std::size_t size_class = class_of(size);
    if (size_class >= classes || free_[size_class].first == nullptr)
      return allocate_anew(size);
    auto& list = free_[size_class];
    --list.count;
    return place(std::exchange(list.first, list.first->next), size, {this});
  }
  /// From the heap, for a coroutine that belongs to no shard.
  [[nodiscard]] static void* allocate_unpooled(std::size_t size);
  /// The same for what needs no more than the heap's own alignment.
  [[nodiscard]] static void* allocate_unaligned(std::size_t size);
  /// Gives back what any of the three has returned for this size.
  static void release(void* frame, std::size_t size) noexcept {
    frame_pool* const pool = trailer_of(frame, size).pool;
    if (pool == nullptr)
      return ::operator delete(frame);
    const std::size_t size_class = class_of(size);
    if (size_class >= classes || pool == on_heap())
      return free(frame);
    auto& list = pool->free_[size_class];
    if (list.count * (size_class + 1) >= most_kept / granularity)
      return free(frame);
    list.first = new (frame) free_block{list.first};
    ++list.count;
  }

private:
  /// Behind the frame, so that the frame is where the block is.
  struct trailer {
    frame_pool* pool; // null: the heap, and not aligned
  };
  struct free_block {
    free_block* next;
  };
  struct free_list {
    free_block* first = nullptr;
    std::size_t count = 0;
  };

  static constexpr std::size_t granularity = 64;
  static constexpr std::size_t classes = 32;        // up to 2 KiB, trailer included
  static constexpr std::size_t most_kept = 524'288; // octets of each class

  [[nodiscard]] static constexpr std::size_t with_trailer(std::size_t size) noexcept {
    return (size + alignof(trailer) - 1) / alignof(trailer) * alignof(trailer)
           + sizeof(trailer);
  }
  [[nodiscard]] static constexpr std::size_t class_of(std::size_t size) noexcept {
    return (with_trailer(size) - 1) / granularity;
  }
  [[nodiscard]] static trailer& trailer_of(void* frame, std::size_t size) noexcept {
    return *reinterpret_cast<trailer*>(static_cast<std::byte*>(frame) + with_trailer(size)
                                       - sizeof(trailer));
  }
  [[nodiscard]] static void* place(void* block, std::size_t size,
                                   trailer about) noexcept {
    new (&trailer_of(block, size)) trailer(about);
    return block;
  }
  /// Stands for the heap, aligned.
  [[nodiscard]] static frame_pool* on_heap() noexcept { return &heap_; }
  [[nodiscard]] void* allocate_anew(std::size_t size);
  static void free(void* block) noexcept;

  static frame_pool heap_; // always empty
  std::array<free_list, classes> free_{};
};

/// The frames of the shard on which this behaviour runs; null before it does.
[[nodiscard]] frame_pool* frames_of(const behaviour& self) noexcept;
[[nodiscard]] frame_pool* frames_of(const process& self) noexcept;

} // namespace detail

/// For the `frames_of` of a type of one's own whose member functions wait.
using detail::frames_of;

} // namespace websock::runtime
