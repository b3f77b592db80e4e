// What a shard requests from io_uring, and how it handles completions.
#include "uring_reactor.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace websock::runtime::detail {

namespace {

constexpr std::size_t most_dispatched = 256; // before the processes get their turns

// A tag: descriptor, generation, purpose.
constexpr unsigned purpose_bits = 3;
constexpr unsigned descriptor_shift = purpose_bits + uring_registration::generation_bits;

} // namespace

uring_reactor::uring_reactor(reactor_refused refused, uring_sizes sizes)
    : refused_(std::move(refused)), ring_(sizes) {
  fetched_.reserve(sizes.completions); // takes no memory until used
  buffers_.register_at(ring_);
  listen_for_wakes();
}

std::uint64_t uring_reactor::tag(const registration& of, purpose what) noexcept {
  return (static_cast<std::uint64_t>(of.descriptor) << descriptor_shift)
         | (std::uint64_t{of.generation} << purpose_bits)
         | static_cast<std::uint64_t>(what);
}

uring_reactor::purpose uring_reactor::purpose_of(const completion& done) noexcept {
  return static_cast<purpose>(done.tag & ((1U << purpose_bits) - 1));
}

uring_reactor::registration*
uring_reactor::owner_of(const completion& done) const noexcept {
  auto* const found = registrations_.find(static_cast<int>(done.tag >> descriptor_shift));
  return found != nullptr && tag(*found, purpose_of(done)) == done.tag ? found : nullptr;
}

void uring_reactor::add(int descriptor, io_target& target, interest wanted) {
  watch(enter(descriptor, reception_event::add), target, wanted);
}

void uring_reactor::add_stream(int descriptor, io_target& target, interest wanted) {
  watch(enter(descriptor, reception_event::stream), target, wanted);
}

// Reserves ahead, so that `list` needs no memory.
uring_reactor::registration& uring_reactor::enter(int descriptor, reception_event how) {
  auto& entered = registrations_.enter(descriptor, how);
  reports_.reserve(2 * registrations_.size());
  if (!ring_.is_open())
    entered.happens(reception_event::lose);
  return entered;
}

void uring_reactor::change(int descriptor, io_target& target, interest wanted) {
  watch(*registrations_.find(descriptor), target, wanted);
}

void uring_reactor::watch(registration& of, io_target& target, interest wanted) {
  of.target = &target;
  of.wanted = wanted;
  arm(of);
}

void uring_reactor::arm(registration& of) {
  assert(of.is_legal());
  if (of.target == nullptr)
    return;
  if (tells_writable(of.notices) || (reads(of.wanted) && is_readable(of))) {
    list(of);
  } else if (reads(of.wanted) && of.receives == reception::idle) {
    auto& request = ring_.request();
    ::io_uring_prep_recv_multishot(&request, of.descriptor, nullptr, 0, 0);
    request.flags |= IOSQE_BUFFER_SELECT;
    request.buf_group = uring_buffers::group;
    ::io_uring_sqe_set_data64(&request, tag(of, purpose::receive));
    of.happens(reception_event::ask);
    of.asked = static_cast<std::uint8_t>(ring_.round());
  }
  if (reads(of.wanted) && is_polled_for_reading(of))
    arm_poll(of, in_bit);
  if (writes(of.wanted))
    arm_poll(of, out_bit);
}

// One-shot: the kernel checks whenever it is asked, so readiness is reported again as
// long as it lasts.
void uring_reactor::arm_poll(registration& of, std::uint8_t bit) {
  if ((of.polled & bit) != 0)
    return;
  auto& request = ring_.request();
  ::io_uring_prep_poll_add(&request, of.descriptor, bit == in_bit ? POLLIN : POLLOUT);
  ::io_uring_sqe_set_data64(
      &request, tag(of, bit == in_bit ? purpose::poll_in : purpose::poll_out));
  of.polled = (of.polled | bit) & (in_bit | out_bit);
}

// The cancelled request reports it in its own completion.
void uring_reactor::cancel(const registration& of, purpose what) {
  auto* const request = ring_.try_request();
  if (request == nullptr)
    return; // its requests end with the ring
  ::io_uring_prep_cancel64(request, tag(of, what), 0);
  request->flags |= IOSQE_CQE_SKIP_SUCCESS;
  ::io_uring_sqe_set_data64(request, tag(of, purpose::other));
}

void uring_reactor::list(registration& of) noexcept {
  if (is_listed(of.notices))
    return;
  try {
    reports_.push_back(&of);
    of.happens(notice_event::list);
  } catch (const std::bad_alloc&) {
    break_off(of); // the kernel reports that
  }
}

std::string uring_reactor::remove(int descriptor, io_target&) noexcept {
  auto* const of = registrations_.find(descriptor);
  if (of == nullptr)
    return {};
  auto left = recall(*of);
  of->target = nullptr;
  of->wanted = interest::nothing;
  of->happens(notice_event::owner_leaves);
  if (!of->is_stream())
    retire(*of);
  return left;
}

void uring_reactor::close(int descriptor) noexcept {
  if (auto* const of = registrations_.find(descriptor))
    retire(*of);
  ::close(descriptor);
}

// A request holds the socket open until it ends. One that the kernel has not seen yet
// would apply to the next socket with that descriptor.
void uring_reactor::retire(registration& of) noexcept {
  if (is_in_kernel(of.receives)) {
    if (of.asked == static_cast<std::uint8_t>(ring_.round())) // perhaps this one
      ring_.submit();
    cancel(of, purpose::receive);
  }
  if ((of.polled & in_bit) != 0)
    cancel(of, purpose::poll_in);
  if ((of.polled & out_bit) != 0)
    cancel(of, purpose::poll_out);
  if (of.output == posted::unsent)
    rests_[of.place].from = nullptr;
  else if (of.output == posted::waiting)
    parcels_[of.place].from = nullptr;
  if (is_listed(of.notices))
    std::replace(reports_.begin(), reports_.end(), &of,
                 static_cast<registration*>(nullptr));
  if (arriving_ == &of)
    arriving_ = nullptr;
  uring_registrations::erase(of);
}

int uring_reactor::poll() {
  submit();
  return dispatch();
}

void uring_reactor::wait(std::optional<std::chrono::nanoseconds> limit) {
  feed_starved();
  if (has_news()) {
    submit();
  } else if (!ring_.is_open()) {
    look(limit);
  } else {
    put_parcels();
    ring_.wait(limit);
    fetch();
    if (ring_.has_requests()) // the wait was interrupted
      submit_rest();
    parcels_left();
  }
  dispatch();
}

void uring_reactor::submit() {
  feed_starved();
  put_parcels();
  submit_rest();
  parcels_left();
}

// Once the ring is empty, the kernel takes what it would not take before.
void uring_reactor::submit_rest() {
  do {
    ring_.submit();
    fetch();
  } while (ring_.has_requests());
}

void uring_reactor::fetch() {
  if (!ring_.is_open())
    return look(std::chrono::nanoseconds());
  ring_.drain([this](const completion& done) {
    switch (purpose_of(done)) {
    case purpose::other:
      return;
    case purpose::send:
      if (auto* const of = owner_of(done))
        fell_short(*of, static_cast<std::size_t>(std::max(done.result, 0)));
      return;
    default:
      try {
        fetched_.push_back(done);
      } catch (const std::bad_alloc&) {
        lose(done);
      }
    }
  });
  if (ring_.refusal() != 0)
    leave_ring();
}

// No memory to keep the completion until it is dispatched.
void uring_reactor::lose(const completion& done) noexcept {
  const auto what = purpose_of(done);
  if (what == purpose::wake)
    return listen_for_wakes();
  if (uring_buffers::is_in(done))
    buffers_.give_back(done);
  auto* const of = owner_of(done);
  if (of == nullptr)
    return;
  if (what == purpose::receive) {
    note_end(*of, done);
    break_off(*of);
    return;
  }
  const auto bit = what == purpose::poll_in ? in_bit : out_bit;
  of->polled = (of->polled ^ bit) & (in_bit | out_bit);
  arm_poll(*of, bit); // the kernel reports it again
}

int uring_reactor::dispatch() {
  tell_rests();
  int count = report();
  const auto end = std::min(handled_ + most_dispatched, fetched_.size());
  while (handled_ < end) {
    const completion next = fetched_[handled_++]; // copied: the vector may reallocate
    count += handle(next) ? 1 : 0;
  }
  if (handled_ == fetched_.size()) {
    fetched_.clear();
    handled_ = 0;
  }
  return count;
}

// Only those listed now: one that is still readable afterwards is reported next time.
int uring_reactor::report() {
  const auto count = reports_.size();
  for (std::size_t i = 0; i < count; ++i) {
    auto* const of = reports_[i];
    if (of == nullptr)
      continue;
    const bool is_writable = tells_writable(of->notices);
    of->happens(notice_event::told);
    tell(*of, {.readable = reads(of->wanted) && is_readable(*of),
               .writable = is_writable,
               .hung_up = of->error != 0});
  }
  reports_.erase(reports_.begin(), reports_.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<int>(count);
}

bool uring_reactor::handle(const completion& done) {
  const auto what = purpose_of(done);
  if (what == purpose::wake) {
    listen_for_wakes();
    return false;
  }
  auto* const of = owner_of(done);
  if (of == nullptr) {
    if (uring_buffers::is_in(done))
      buffers_.give_back(done);
    return false;
  }
  if (what == purpose::receive)
    received(*of, done);
  else if (what != purpose::other)
    polled(*of, what == purpose::poll_in ? in_bit : out_bit, done.result);
  return what != purpose::other;
}

void uring_reactor::received(registration& of, const completion& done) {
  if (!reads(of.wanted) || has_octets(of) || done.result <= 0) {
    keep(of, done);
    tell(of, {.readable = reads(of.wanted) && is_readable(of),
              .writable = false,
              .hung_up = of.error != 0});
    return;
  }
  note_end(of, done);
  if (done.result == static_cast<int>(uring_buffers::size))
    go_bulk(of);
  const auto generation = of.generation;
  arriving_ = &of;
  arrived_ = buffers_.of(done);
  of.target->tell({.readable = true, .writable = false, .hung_up = false});
  if (of.generation == generation) {
    keep(of, arrived_);
    arriving_ = nullptr;
    arm(of);
  }
  buffers_.give_back(done);
}

void uring_reactor::polled(registration& of, std::uint8_t bit, int result) {
  of.polled = (of.polled ^ bit) & (in_bit | out_bit);
  const auto events = result < 0 ? POLLERR : result;
  const bool hung_up = (events & (POLLHUP | POLLERR)) != 0;
  tell(of, {.readable = is_polled_for_reading(of) && reads(of.wanted)
                        && ((events & POLLIN) != 0 || hung_up),
            .writable = writes(of.wanted) && ((events & POLLOUT) != 0 || hung_up),
            .hung_up = hung_up});
}

void uring_reactor::tell(registration& of, readiness what) {
  const auto generation = of.generation;
  if (of.target != nullptr && (what.readable || what.writable))
    of.target->tell(what);
  if (of.generation == generation)
    arm(of);
}

} // namespace websock::runtime::detail
