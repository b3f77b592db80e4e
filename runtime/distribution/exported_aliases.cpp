// The table of exported aliases.
#include "exported_aliases.hpp"

#include "../process/process_block.hpp"
#include "../process/relations.hpp"
#include "../process/shard.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

namespace {

/// Only on the shard of its owner.
[[nodiscard]] bool is_active(const alias& address) noexcept {
  const auto* const owner = runtime::detail::find_block(address.owner);
  const auto* const ties = owner->is_alive() ? owner->existing_ties() : nullptr;
  return ties != nullptr && ties->rare && ties->rare->aliases.contains(address.ref);
}

} // namespace

void exported_aliases::add(const alias& address) {
  bool has_doubled = false;
  {
    const std::lock_guard lock(table_->mutex);
    if (table_->is_closed)
      return;
    table_->owners.try_emplace(address.ref, address.owner);
    has_doubled = table_->owners.size() >= table_->swept_at;
    if (has_doubled)
      table_->swept_at = table_->owners.size() * 2;
  }
  if (has_doubled)
    sweep(table_);
}

void exported_aliases::sweep(const std::shared_ptr<table>& all) {
  std::unordered_map<shard*, std::vector<alias>> by_shard;
  {
    const std::lock_guard lock(all->mutex);
    for (const auto& [ref, owner] : all->owners)
      by_shard[&runtime::detail::find_block(owner)->shard()].push_back({owner, ref});
  }
  for (auto& [home, some] : by_shard)
    home->post_quiet([all, some = std::move(some)](shard&) mutable {
      std::erase_if(some, is_active);
      const std::lock_guard lock(all->mutex);
      for (const auto& each : some)
        all->owners.erase(each.ref);
      all->swept_at = std::max(least_swept, all->owners.size() * 2);
    });
}

alias exported_aliases::find(reference ref) const {
  const std::lock_guard lock(table_->mutex);
  const auto found = table_->owners.find(ref);
  return {found == table_->owners.end() ? pid() : found->second, ref};
}

void exported_aliases::close() noexcept {
  std::unordered_map<reference, pid> forgotten; // outlives the lock
  const std::lock_guard lock(table_->mutex);
  table_->is_closed = true;
  forgotten.swap(table_->owners);
}

std::size_t exported_aliases::size() const {
  const std::lock_guard lock(table_->mutex);
  return table_->owners.size();
}

} // namespace websock::runtime::distribution
