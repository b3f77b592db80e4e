// Memory for what is made and gone again soon, on one shard: the frames of callbacks that
// are coroutines, the letters of a broadcast.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace runtime {

class behaviour;
class process;

namespace detail {

/// Blocks by size class, kept for the next frame of that size. Not thread-safe: a frame
/// is allocated and released on its shard. Larger ones come from the heap.
class frame_pool {
public:
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
    return place(std::exchange(list.first, list.first->next), {this, size_class});
  }
  /// From the heap, for a coroutine that belongs to no shard.
  [[nodiscard]] static void* allocate_unpooled(std::size_t size);
  /// Gives back what any of the two has returned.
  static void release(void* frame) noexcept {
    header* const about = static_cast<header*>(frame) - 1;
    if (about->owner == nullptr)
      return free(about);
    auto& list = about->owner->free_[about->size_class];
    if (list.count * (about->size_class + 1) >= most_kept / granularity)
      return free(about);
    list.first = new (about) free_block{list.first};
    ++list.count;
  }

private:
  struct header {
    frame_pool* owner; // null: the heap
    std::size_t size_class;
  };
  struct free_block {
    free_block* next;
  };
  struct free_list {
    free_block* first = nullptr;
    std::size_t count = 0;
  };

  static constexpr std::size_t granularity = 64;
  static constexpr std::size_t classes = 32;        // up to 2 KiB, header included
  static constexpr std::size_t most_kept = 524'288; // octets of each class

  [[nodiscard]] static constexpr std::size_t class_of(std::size_t size) noexcept {
    return (size + sizeof(header) - 1) / granularity;
  }
  [[nodiscard]] static void* place(void* block, header about) noexcept {
    static_assert(sizeof(header) % __STDCPP_DEFAULT_NEW_ALIGNMENT__ == 0);
    return new (block) header(about) + 1;
  }
  [[nodiscard]] void* allocate_anew(std::size_t size);
  static void free(void* block) noexcept;

  std::array<free_list, classes> free_{};
};

/// The frames of the shard on which this behaviour runs; null before it does.
[[nodiscard]] frame_pool* frames_of(const behaviour& self) noexcept;
[[nodiscard]] frame_pool* frames_of(const process& self) noexcept;

} // namespace detail
} // namespace runtime
