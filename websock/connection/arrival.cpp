// Places in a mailbox for data from the peer.
#include "websock/connection/arrival.hpp"

namespace websock {

void arrival::handle(runtime::detail::process_block&) {
  by_.arrived_at(*this);
}

arrival::~arrival() {
  if (of_ != nullptr)
    of_->remove(*this);
}

arrivals::~arrivals() {
  for (arrival* at = oldest_; at != nullptr; at = at->later_)
    at->of_ = nullptr;
}

arrival& arrivals::add(std::size_t octets, arrival::reader& by,
                       runtime::detail::frame_pool& memory) {
  auto* const made = new (memory) arrival(*this, by);
  (oldest_ == nullptr ? oldest_ : newest_->later_) = made;
  newest_ = made;
  made->octets = octets;
  octets_ += octets;
  return *made;
}

void arrivals::remove(arrival& place) noexcept {
  arrival* before = nullptr;
  for (arrival* at = oldest_; at != &place; at = at->later_)
    before = at;
  (before == nullptr ? oldest_ : before->later_) = place.later_;
  if (newest_ == &place)
    newest_ = before;
  octets_ -= place.octets;
  place.of_ = nullptr;
}

} // namespace websock
