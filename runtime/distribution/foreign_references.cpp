// The table of foreign references, bounded by forgetting the oldest.
#include "foreign_references.hpp"

namespace websock::runtime::distribution {

namespace {

constexpr std::uint64_t number_mask = (std::uint64_t{1} << shard_numbers::bits) - 1;

} // namespace

foreign_references::foreign_references()
    : made_(shard_numbers::references_of(number_.first())) {
}

foreign_references::~foreign_references() {
  shard_numbers::references_of(number_.first()) = made_;
}

bool foreign_references::is_foreign(reference ours) const noexcept {
  return (ours.value() & number_mask) == number_.first();
}

reference foreign_references::to_local(const etf::reference& theirs) {
  const std::lock_guard lock(mutex_);
  if (const auto known = ours_of_.find(theirs); known != ours_of_.end())
    return known->second;
  const reference made((++made_ << shard_numbers::bits) | number_.first());
  const auto place = ours_of_.emplace(theirs, made).first;
  theirs_of_.emplace(made, place);
  in_order_.push_back(made);
  if (in_order_.size() > most) {
    const auto oldest = theirs_of_.find(in_order_.front());
    ours_of_.erase(oldest->second);
    theirs_of_.erase(oldest);
    in_order_.pop_front();
  }
  return made;
}

std::optional<etf::reference> foreign_references::find(reference ours) const {
  if (!is_foreign(ours))
    return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = theirs_of_.find(ours);
  if (found == theirs_of_.end())
    return std::nullopt;
  return found->second->first;
}

} // namespace websock::runtime::distribution
