// Which messages a full mailbox drops.
#include "bounded_mailbox.hpp"

namespace websock::runtime::detail {

namespace {

[[nodiscard]] bool may_be_dropped(const signal& entry) noexcept {
  return entry.kind() == signal_kind::message;
}

} // namespace

void bounded_mailbox::set_limit(const mailbox_limit& limit) {
  max_messages_ = limit.max_messages;
  policy_ = limit.policy;
  if (load_ != nullptr || limit.max_bytes != 0 || policy_ == when_full::keep_latest)
    load().set(limit, queue_);
}

mailbox_load& bounded_mailbox::load() {
  if (load_ == nullptr)
    load_ = std::make_unique<mailbox_load>();
  return *load_;
}

void bounded_mailbox::take_out(signal* entry) {
  queue_.erase(entry);
  if (load_ != nullptr)
    load_->left(*entry);
}

void bounded_mailbox::drop(signal* entry, std::uint64_t& dropped) {
  const std::unique_ptr<signal, signal_disposer> own(entry);
  ++dropped;
  ++load().dropped;
}

void bounded_mailbox::drop_messages(std::uint64_t& dropped) {
  extract_all(may_be_dropped, [&](signal* waiting) { drop(waiting, dropped); });
}

bounded_mailbox::place bounded_mailbox::make_place(signal& entry,
                                                   std::uint64_t& dropped) {
  if (policy_ == when_full::keep_latest)
    if (auto* older = load().latest()->waiting_like(entry))
      return supersede(older, &entry, dropped);
  return make_room(entry, dropped);
}

// Superseded messages go first, then the oldest ones.
bounded_mailbox::place bounded_mailbox::make_room(signal& entry, std::uint64_t& dropped) {
  if (load().is_over_alone(entry))
    return place::none;
  while (is_full_for(entry)) {
    signal* victim = load_->latest() ? load_->latest()->superseded() : nullptr;
    if (victim == nullptr)
      victim = queue_.find(may_be_dropped);
    if (victim == nullptr)
      return place::none;
    take_out(victim);
    drop(victim, dropped);
  }
  return place::last;
}

// The older message has the same key. The newer one takes its place, so that a value that
// changes often still gets handled, without overtaking any message without a key.
bounded_mailbox::place bounded_mailbox::supersede(signal* older, signal* newer,
                                                  std::uint64_t& dropped) {
  if (load().is_over_alone(*newer))
    return place::none;
  if (load_->may_replace(*older, *newer)) {
    queue_.replace(older, newer);
    load_->replaced(*older, *newer);
    drop(older, dropped);
    return place::of_older;
  }
  take_out(older);
  drop(older, dropped);
  return make_room(*newer, dropped);
}

} // namespace websock::runtime::detail
