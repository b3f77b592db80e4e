// Free lists of blocks; each block begins with a header that says where it belongs.
#include "runtime/frame_pool.hpp"

namespace runtime::detail {

frame_pool::~frame_pool() {
  for (auto& list : free_) {
    while (free_block* block = list.first) {
      list.first = block->next;
      ::operator delete(block);
    }
  }
}

void* frame_pool::allocate_anew(std::size_t size) {
  const std::size_t size_class = class_of(size);
  if (size_class >= classes)
    return allocate_unpooled(size);
  return place(::operator new((size_class + 1) * granularity), {this, size_class});
}

void* frame_pool::allocate_unpooled(std::size_t size) {
  return place(::operator new(size + sizeof(header)), {nullptr, 0});
}

void frame_pool::free(void* block) noexcept {
  ::operator delete(block);
}

} // namespace runtime::detail
