// What libraries built on a node keep in it: one object per type, created on first use.
#pragma once

#include <memory>
#include <mutex>
#include <typeinfo>
#include <utility>
#include <vector>

namespace websock::runtime {

class node;

namespace detail {

/// Used when something starts, not for every message; hence a lock and a linear search.
class node_extensions {
public:
  /// The object of this type, which `make(owner)` returns when there is none yet. Any
  /// thread.
  [[nodiscard]] void* get(const std::type_info& type, node& owner,
                          std::shared_ptr<void> (*make)(node& owner));

private:
  std::mutex mutex_; // threads and shards may ask at the same time
  std::vector<std::pair<const std::type_info*, std::shared_ptr<void>>> objects_;
};

} // namespace detail
} // namespace websock::runtime
