// Tracks the keys of waiting messages.
#include "latest_table.hpp"

#include "../term/term.hpp"

namespace websock::runtime::detail {

namespace {

[[nodiscard]] bool has_key(const signal& entry) noexcept {
  const term_box* value = entry.contents();
  return entry.kind() == signal_kind::message && entry.may_be_superseded()
         && value != nullptr && value->shape().hash_of_key != nullptr;
}

/// The runtime's own signals do not count in the order of messages.
[[nodiscard]] bool is_fence(const signal& entry) noexcept {
  return entry.kind() != signal_kind::event || entry.contents() != nullptr;
}

} // namespace

std::size_t latest_table::hash::operator()(const signal* entry) const noexcept {
  const term_box& value = *entry->contents();
  return value.shape().hash_of_key(value);
}

bool latest_table::same_key::operator()(const signal* a, const signal* b) const noexcept {
  const term_box& left = *a->contents();
  const term_box& right = *b->contents();
  return same_shape(left.shape(), right.shape())
         && left.shape().have_same_key(left, right);
}

void latest_table::arrived(signal& entry) {
  if (!has_key(entry)) {
    fences_ += is_fence(entry) ? 1U : 0U;
    return;
  }
  if (const auto found = latest_.find(&entry); found != latest_.end()) {
    signal* older = found->second.entry;
    places_[older] = superseded_.insert(superseded_.end(), older);
    latest_.erase(found);
  }
  latest_.emplace(&entry, place{&entry, fences_});
}

void latest_table::left(const signal& entry) {
  if (!has_key(entry))
    return;
  if (const auto found = places_.find(&entry); found != places_.end()) {
    superseded_.erase(found->second);
    places_.erase(found);
  } else if (const auto latest = latest_.find(&entry);
             latest != latest_.end() && latest->second.entry == &entry) {
    latest_.erase(latest);
  }
}

void latest_table::replaced(const signal& older, signal& newer) {
  auto node = latest_.extract(&older);
  node.key() = &newer;
  node.mapped().entry = &newer;
  latest_.insert(std::move(node));
}

signal* latest_table::waiting_like(const signal& entry) const {
  if (!has_key(entry))
    return nullptr;
  const auto found = latest_.find(&entry);
  return found == latest_.end() ? nullptr : found->second.entry;
}

bool latest_table::is_fenced(const signal& latest) const {
  return latest_.find(&latest)->second.fences != fences_;
}

} // namespace websock::runtime::detail
