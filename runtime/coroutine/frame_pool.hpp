// Memory for short-lived objects of one shard: frames of callbacks that are coroutines,
// and the letters of a broadcast.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace websock::runtime {

class behaviour;
class process;

namespace detail {

/// Keeps blocks by size class for reuse; larger ones come from the heap. Not thread-safe:
/// frames are allocated and released on the shard of the pool.
class frame_pool {
public:
  /// The alignment of frames. The compiler itself over-aligns nothing inside a frame.
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
  /// Allocates from the heap, for a coroutine that belongs to no shard.
  [[nodiscard]] static void* allocate_unpooled(std::size_t size);
  /// The same with the heap's default alignment.
  [[nodiscard]] static void* allocate_unaligned(std::size_t size);
  /// Frees memory from any of the three functions, given the same size.
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
  /// Behind the frame, so that frame and block start at the same address.
  struct trailer {
    frame_pool* pool; // null: from the heap, with default alignment
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
  static constexpr std::size_t most_kept = 524'288; // octets per class

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
  /// Stands for the heap with the alignment of frames.
  [[nodiscard]] static frame_pool* on_heap() noexcept { return &heap_; }
  [[nodiscard]] void* allocate_anew(std::size_t size);
  static void free(void* block) noexcept;

  static frame_pool heap_; // always empty
  std::array<free_list, classes> free_{};
};

/// The pool of the shard that runs this behaviour; null before it runs.
[[nodiscard]] frame_pool* frames_of(const behaviour& self) noexcept;
[[nodiscard]] frame_pool* frames_of(const process& self) noexcept;

} // namespace detail

/// For the `frames_of` of a type of one's own whose member functions wait.
using detail::frames_of;

} // namespace websock::runtime
