// The ring itself.
#include "uring.hpp"

#include <poll.h>

#include <cassert>
#include <cerrno>
#include <memory>
#include <new>
#include <system_error>
#include <utility>

namespace websock::runtime::detail {

namespace {

constexpr std::size_t page = 4'096;
constexpr unsigned most_refused = 100; // consecutive calls that make a refusal permanent

void check(int result) {
  if (result < 0)
    throw std::system_error(-result, std::generic_category(),
                            "reactor uring: the kernel refuses io_uring (it takes Linux "
                            "6.1, and neither seccomp nor kernel.io_uring_disabled)");
}

} // namespace

// Starts disabled: it belongs to the thread that enables it.
uring::uring(uring_sizes sizes) {
  io_uring_params how{};
  how.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN
              | IORING_SETUP_CQSIZE | IORING_SETUP_R_DISABLED;
  how.cq_entries = sizes.completions;
  check(::io_uring_queue_init_params(sizes.submissions, &ring_, &how));
}

void uring::close() noexcept {
  if (std::exchange(is_open_, false))
    ::io_uring_queue_exit(&ring_);
}

// A condition that passes by itself, or with the next call, is a refusal only if it
// lasts. A call from a thread other than the ring's own, at program exit, is none.
int uring::note(int result) noexcept {
  switch (-result) {
  case EINTR:
  case ETIME:
  case EEXIST:
    return result;
  case EAGAIN:
  case EBUSY:
  case ENOMEM:
    refused_for_now(-result);
    return result;
  default:
    if (result < 0)
      refusal_ = -result;
    else
      refused_for_now_ = 0;
    return result;
  }
}

void uring::refused_for_now(int error) noexcept {
  if (++refused_for_now_ == most_refused)
    refusal_ = error;
  else if (error != EBUSY) // EBUSY passes once completions are taken out
    ::poll(nullptr, 0, 1);
}

void uring::begin_round() noexcept {
  ++round_;
  if (is_enabled_)
    return;
  // io_uring_enable_rings: liburing 2.3 declares it but does not define it.
  note(::io_uring_register(static_cast<unsigned>(ring_.ring_fd),
                           IORING_REGISTER_ENABLE_RINGS, nullptr, 0));
  is_enabled_ = true;
}

io_uring_sqe& uring::request() noexcept {
  auto* const found = try_request();
  assert((found != nullptr || !is_open_ || refusal_ != 0)
         && "another thread than the ring's own has too many requests");
  return found != nullptr ? *found : *nowhere_;
}

io_uring_sqe* uring::try_request() noexcept {
  while (is_open_ && refusal_ == 0) {
    if (auto* const free = ::io_uring_get_sqe(&ring_))
      return free;
    if (submit() == -EEXIST)
      break;
  }
  return nullptr;
}

int uring::submit() noexcept {
  if (!is_open_)
    return 0;
  begin_round();
  return note(::io_uring_submit_and_get_events(&ring_));
}

void uring::notify(int eventfd) noexcept {
  if (is_open_)
    ::io_uring_register_eventfd(&ring_, eventfd);
}

void uring::wait(std::optional<std::chrono::nanoseconds> limit) noexcept {
  if (!is_open_)
    return;
  begin_round();
  if (!limit) {
    note(::io_uring_submit_and_wait(&ring_, 1));
    return;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*limit);
  __kernel_timespec end{seconds.count(), (*limit - seconds).count()};
  io_uring_cqe* first = nullptr;
  note(::io_uring_submit_and_wait_timeout(&ring_, &first, 1, &end, nullptr));
}

uring_buffers::uring_buffers() : octets_(new std::byte[std::size_t{count} * size]) {
  static_assert(count * sizeof(io_uring_buf) % page == 0);
  void* const memory =
      ::operator new (count * sizeof(io_uring_buf), std::align_val_t{page});
  entries_.reset(static_cast<io_uring_buf*>(memory));
  std::uninitialized_value_construct_n(entries_.get(), count);
}

void uring_buffers::register_at(uring& ring) {
  io_uring_buf_reg where{};
  where.ring_addr = reinterpret_cast<std::uintptr_t>(entries_.get());
  where.ring_entries = count;
  where.bgid = group;
  check(::io_uring_register_buf_ring(ring.get(), &where, 0));
  for (unsigned id = 0; id < count; ++id)
    add(id);
}

void uring_buffers::release::operator()(void* memory) const noexcept {
  ::operator delete (memory, std::align_val_t{page});
}

std::span<std::byte> uring_buffers::of(const completion& done) noexcept {
  return {octets_.get() + std::size_t{id_of(done)} * size,
          static_cast<std::size_t>(done.result > 0 ? done.result : 0)};
}

void uring_buffers::add(unsigned id) noexcept {
  auto& entry = entries_.get()[next_++ % count];
  entry.addr = reinterpret_cast<std::uintptr_t>(octets_.get() + std::size_t{id} * size);
  entry.len = size;
  entry.bid = static_cast<std::uint16_t>(id);
  ::io_uring_buf_ring_advance(reinterpret_cast<io_uring_buf_ring*>(entries_.get()), 1);
}

void try_uring() {
  uring_buffers buffers;
  uring ring({.submissions = 8, .completions = 16});
  buffers.register_at(ring);
  ::io_uring_prep_nop(&ring.request());
  check(ring.submit());
  bool is_back = false;
  ring.drain([&is_back](const completion& done) { is_back = done.result == 0; });
  check(is_back ? 0 : -ENOSYS);
}

} // namespace websock::runtime::detail
