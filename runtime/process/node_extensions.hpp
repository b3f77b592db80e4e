// What libraries built on a node keep in it: one object per type, created on first use.
#pragma once

#include <memory>
#include <mutex>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

namespace websock::runtime {

class node;

namespace detail {

/// Used when something starts, not for every message; hence a lock and a linear search.
class node_extensions {
public:
  /// The T of this node, created as `T(owner)` on first use. Any thread.
  template <class T>
  [[nodiscard]] T& get(node& owner) {
    const std::lock_guard lock(mutex_);
    for (const auto& [type, object] : objects_)
      if (type == typeid(T))
        return *static_cast<T*>(object.get());
    auto made = std::make_shared<T>(owner);
    objects_.emplace_back(typeid(T), made);
    return *made;
  }

private:
  std::mutex mutex_; // threads and shards may ask at the same time
  std::vector<std::pair<std::type_index, std::shared_ptr<void>>> objects_;
};

} // namespace detail
} // namespace websock::runtime
