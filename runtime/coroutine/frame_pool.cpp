// Free lists of blocks; a trailer behind each frame names its pool.
#include "frame_pool.hpp"

namespace websock::runtime::detail {

frame_pool frame_pool::heap_;

frame_pool::~frame_pool() {
  for (auto& list : free_) {
    while (free_block* block = list.first) {
      list.first = block->next;
      free(block);
    }
  }
}

void* frame_pool::allocate_anew(std::size_t size) {
  const std::size_t size_class = class_of(size);
  if (size_class >= classes)
    return allocate_unpooled(size);
  return place(
      ::operator new((size_class + 1) * granularity, std::align_val_t(alignment)), size,
      {this});
}

void* frame_pool::allocate_unpooled(std::size_t size) {
  return place(::operator new(with_trailer(size), std::align_val_t(alignment)), size,
               {on_heap()});
}

void* frame_pool::allocate_unaligned(std::size_t size) {
  return place(::operator new(with_trailer(size)), size, {nullptr});
}

void frame_pool::free(void* block) noexcept {
  ::operator delete(block, std::align_val_t(alignment));
}

} // namespace websock::runtime::detail
