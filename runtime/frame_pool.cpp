// Free lists of blocks; each block begins with a header that says where it belongs.
#include "runtime/frame_pool.hpp"

#include <new>

namespace runtime::detail {

frame_pool::~frame_pool() {
  for (auto& list : free_) {
    while (free_block* block = list.first) {
      list.first = block->next;
      ::operator delete(block);
    }
  }
}

void* frame_pool::place(void* block, header about) noexcept {
  static_assert(sizeof(header) % __STDCPP_DEFAULT_NEW_ALIGNMENT__ == 0);
  return new (block) header(about) + 1;
}

void* frame_pool::allocate(std::size_t size) {
  const std::size_t size_class = (size + sizeof(header) - 1) / granularity;
  if (size_class >= classes)
    return allocate_unpooled(size);
  auto& list = free_[size_class];
  void* block = list.first;
  if (block == nullptr) {
    block = ::operator new((size_class + 1) * granularity);
  } else {
    list.first = list.first->next;
    --list.count;
  }
  return place(block, {this, size_class});
}

void* frame_pool::allocate_unpooled(std::size_t size) {
  return place(::operator new(size + sizeof(header)), {nullptr, 0});
}

void frame_pool::release(void* frame) noexcept {
  header* const about = static_cast<header*>(frame) - 1;
  frame_pool* const owner = about->owner;
  const std::size_t size = (about->size_class + 1) * granularity;
  if (owner != nullptr && owner->free_[about->size_class].count < most_kept / size) {
    auto& list = owner->free_[about->size_class];
    list.first = new (about) free_block{list.first};
    ++list.count;
  } else {
    ::operator delete(about);
  }
}

} // namespace runtime::detail
