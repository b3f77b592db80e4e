// What libraries on top of a node keep in it.
#include "node_extensions.hpp"

namespace websock::runtime::detail {

void* node_extensions::get(const std::type_info& type, node& owner,
                           std::shared_ptr<void> (*make)(node& owner)) {
  const std::lock_guard lock(mutex_);
  for (const auto& [its_type, object] : objects_)
    if (*its_type == type)
      return object.get();
  objects_.emplace_back(&type, make(owner));
  return objects_.back().second.get();
}

} // namespace websock::runtime::detail
