// A list of objects that others own, linked through the objects themselves.
#pragma once

#include <cassert>
#include <cstddef>

namespace websock::runtime::detail {

/// What an object that may be in a list holds, as its member `links`.
template <class T>
struct list_links {
  T* newer = nullptr;
  T* older = nullptr;
};

/// Newest first. Adding and taking out are O(1) and take no memory. An object is in one
/// list at most, and is taken out before its end.
template <class T>
class linked_list {
public:
  linked_list() = default;
  linked_list(const linked_list&) = delete;
  linked_list& operator=(const linked_list&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Null when it is empty.
  [[nodiscard]] T* newest() const noexcept { return newest_; }

  void add(T& entry) noexcept {
    entry.links = {nullptr, newest_};
    if (newest_ != nullptr)
      newest_->links.newer = &entry;
    newest_ = &entry;
    ++size_;
  }
  void remove(T& entry) noexcept {
    assert(size_ > 0 && (entry.links.newer != nullptr || newest_ == &entry));
    const auto [newer, older] = entry.links;
    (newer == nullptr ? newest_ : newer->links.older) = older;
    if (older != nullptr)
      older->links.newer = newer;
    --size_;
  }
  /// Calls `visit(T&)` with each, which stays in the list meanwhile. One that is added is
  /// left out.
  template <class F>
  void for_each(F visit) const {
    for (T* each = newest_; each != nullptr; each = each->links.older)
      visit(*each);
  }

private:
  T* newest_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace websock::runtime::detail
