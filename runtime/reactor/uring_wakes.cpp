// How a shard blocked in io_uring is woken, and how something else waits for the ring.
#include "uring_reactor.hpp"

#include <mutex>

namespace websock::runtime::detail {

namespace {

// Without the ring, nothing else can wait for all descriptors: each poll takes this long.
constexpr std::chrono::milliseconds without_ring{1};

} // namespace

// The ring's own descriptor does not report work that is deferred until this thread
// calls.
int uring_reactor::descriptor() {
  std::call_once(notified_is_made_, [this] { notified_.emplace(EFD_NONBLOCK); });
  return notified_->get();
}

bool uring_reactor::prepare_to_wait() {
  if (!ring_.is_open()) {
    look(without_ring);
    return false;
  }
  if (!is_notified_) {
    ring_.notify(descriptor());
    is_notified_ = true;
  }
  notified_->reset();
  submit();
  return !has_news();
}

void uring_reactor::wake() noexcept {
  waker_.signal();
  if (is_notified_) // the kernel would do so much later: waker_ is an eventfd too
    notified_->signal();
}

void uring_reactor::listen_for_wakes() {
  auto& request = ring_.request();
  ::io_uring_prep_read(&request, waker_.get(), &woken_, sizeof woken_, 0);
  ::io_uring_sqe_set_data64(&request, static_cast<std::uint64_t>(purpose::wake));
}

} // namespace websock::runtime::detail
