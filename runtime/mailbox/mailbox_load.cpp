// Weighs messages.
#include "mailbox_load.hpp"

#include "../term/term.hpp"
#include "letter.hpp"

#include <algorithm>
#include <limits>

namespace websock::runtime::detail {

std::uint32_t weigh(const signal& entry) noexcept {
  const term_box* value = entry.contents();
  if (value == nullptr)
    return 0;
  return static_cast<std::uint32_t>(
      std::min<std::size_t>(sizeof(forwarded_letter) + weight_of(*value),
                            std::numeric_limits<std::uint32_t>::max()));
}

void mailbox_load::set(const mailbox_limit& limit, const mailbox& box) {
  max_bytes_ = limit.max_bytes;
  bytes_ = 0;
  latest_.reset();
  if (limit.policy == when_full::keep_latest)
    latest_.emplace();
  box.for_each([this](signal& waiting) {
    waiting.weight = 0;
    arrived(waiting);
  });
}

void mailbox_load::arrived(signal& entry) {
  if (max_bytes_ != 0) {
    if (entry.weight == 0)
      entry.weight = weigh(entry);
    bytes_ += entry.weight;
  }
  if (latest_)
    latest_->arrived(entry);
}

void mailbox_load::left(const signal& entry) {
  bytes_ -= entry.weight;
  if (latest_)
    latest_->left(entry);
}

void mailbox_load::replaced(const signal& older, signal& newer) {
  bytes_ -= older.weight;
  bytes_ += newer.weight;
  latest_->replaced(older, newer);
}

bool mailbox_load::is_over(signal& entry) const noexcept {
  if (max_bytes_ == 0)
    return false;
  return is_over_alone(entry) || bytes_ > max_bytes_ - entry.weight;
}

bool mailbox_load::is_over_alone(signal& entry) const noexcept {
  if (max_bytes_ == 0)
    return false;
  if (entry.weight == 0)
    entry.weight = weigh(entry);
  return entry.weight > max_bytes_;
}

bool mailbox_load::may_replace(const signal& older, signal& newer) const {
  if (latest_->is_fenced(older))
    return false;
  return max_bytes_ == 0 || bytes_ - older.weight <= max_bytes_ - newer.weight;
}

} // namespace websock::runtime::detail
