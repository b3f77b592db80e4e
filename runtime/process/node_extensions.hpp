// What libraries on top of a node keep in it: one object of each type that was asked for.
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

/// Asked rarely: when something starts, not for each message; hence a lock and a search.
class node_extensions {
public:
  /// The T, made as `T(owner)` when there is none yet. Any thread.
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
