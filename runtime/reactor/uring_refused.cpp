// Continues without the ring: the kernel may start to refuse it after startup, usually
// because of a sandbox. Then poll(2) replaces poll requests, and system calls read and
// send. The cost grows with the number of descriptors, but nothing is lost.
#include "uring_reactor.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <vector>

namespace websock::runtime::detail {

namespace {

[[nodiscard]] int
as_milliseconds(std::optional<std::chrono::nanoseconds> limit) noexcept {
  if (!limit)
    return -1;
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*limit).count();
  return static_cast<int>(std::min<std::int64_t>(rounded, INT_MAX));
}

} // namespace

// The kernel has taken requests in order, so each parcel has either been sent and
// reported, or is still whole.
void uring_reactor::leave_ring() {
  const int error = ring_.refusal();
  const bool lost_some = ring_.has_lost();
  for (const auto& each : parcels_)
    if (each.from != nullptr && each.from->output == posted::waiting
        && !ring_.has_taken(each.position))
      if (const auto sent = send_now(*each.from, each); sent < each.size)
        fell_short(*each.from, sent);
  ring_.close();
  registrations_.for_each([&](registration& of) {
    if (of.is_stream() && lost_some && of.receives != reception::bulk)
      break_off(of);
    of.happens(reception_event::lose);
    arm(of);
  });
  starved_.clear();
  if (refused_)
    refused_({error, std::generic_category()});
}

void uring_reactor::look(std::optional<std::chrono::nanoseconds> limit) {
  std::vector<pollfd> asked{{waker_.get(), POLLIN, 0}};
  registrations_.for_each([&](registration& of) {
    const int events = ((of.polled & in_bit) != 0 ? POLLIN : 0)
                       | ((of.polled & out_bit) != 0 ? POLLOUT : 0);
    if (events != 0)
      asked.push_back({of.descriptor, static_cast<short>(events), 0});
  });
  if (::poll(asked.data(), asked.size(), as_milliseconds(limit)) <= 0)
    return;
  if (asked.front().revents != 0) {
    waker_.reset();
    fetched_.push_back(
        {.tag = static_cast<std::uint64_t>(purpose::wake), .result = 0, .flags = 0});
  }
  std::for_each(asked.begin() + 1, asked.end(), [this](const pollfd& each) {
    if (each.revents != 0)
      found(*registrations_.find(each.fd), each.revents);
  });
}

// Reports each request once, as the ring does.
void uring_reactor::found(const registration& of, int events) {
  constexpr int failed = POLLHUP | POLLERR | POLLNVAL;
  if ((of.polled & in_bit) != 0 && (events & (POLLIN | failed)) != 0)
    fetched_.push_back({.tag = tag(of, purpose::poll_in), .result = events, .flags = 0});
  if ((of.polled & out_bit) != 0 && (events & (POLLOUT | failed)) != 0)
    fetched_.push_back({.tag = tag(of, purpose::poll_out), .result = events, .flags = 0});
}

} // namespace websock::runtime::detail
