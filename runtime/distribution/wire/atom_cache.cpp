// The receiving side's atom cache.

#include "atom_cache.hpp"

#include <algorithm>
#include <cassert>

namespace websock::runtime::distribution {

void atom_cache::put(std::uint16_t entry, std::string_view name) {
  assert(entry < size);
  if (!slots_)
    slots_ = std::make_unique<std::array<slot, size>>();
  (*slots_)[entry] = {.name = std::string{name}, .is_set = true};
}

std::string_view atom_cache::at(std::uint16_t entry) const noexcept {
  return slots_ ? (*slots_)[entry].name : std::string_view{};
}

bool atom_cache::has(std::uint16_t entry) const noexcept {
  return slots_ && (*slots_)[entry].is_set;
}

std::optional<std::string_view> atom_references::find(std::uint8_t index) const noexcept {
  if (index >= count_)
    return std::nullopt;
  return cache_->at(entries_[index]);
}

bool atom_references::names(std::uint16_t entry) const noexcept {
  const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(count_);
  return std::find(entries_.begin(), end, entry) != end;
}

} // namespace websock::runtime::distribution
