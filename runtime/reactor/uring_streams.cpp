// Reads streams by io_uring.
#include "uring_reactor.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

namespace websock::runtime::detail {

namespace {

constexpr std::size_t most_kept = 65'536; // per stream, before receiving stops
constexpr std::size_t least_bulk = 4'096; // anything less is a small read
constexpr unsigned most_small_reads = 15; // in a row that end bulk mode

[[nodiscard]] ssize_t fail(int error) noexcept {
  errno = error;
  return -1;
}

} // namespace

bool uring_reactor::has_octets(const registration& of) const noexcept {
  return of.kept || (arriving_ == &of && !arrived_.empty());
}

bool uring_reactor::is_readable(const registration& of) const noexcept {
  return has_octets(of) || of.receives == reception::ended || of.error != 0;
}

bool uring_reactor::is_polled_for_reading(const registration& of) const noexcept {
  return of.receives == reception::polled
         || (of.receives == reception::bulk && !has_octets(of));
}

ssize_t uring_reactor::receive(int descriptor, std::span<std::byte> into) noexcept {
  auto* const of = registrations_.find(descriptor);
  if (of != nullptr && of->is_stream()) {
    if (!has_octets(*of) && is_in_kernel(of->receives))
      absorb(*of);
    if (has_octets(*of))
      return take(*of, into);
    if (of->error != 0)
      return fail(of->error);
    if (of->receives == reception::ended)
      return 0;
    if (is_in_kernel(of->receives))
      return fail(EAGAIN);
    if (of->receives == reception::bulk)
      return receive_bulk(*of, into);
  }
  return ::recv(descriptor, into.data(), into.size(), 0);
}

std::size_t uring_reactor::arrived(int descriptor) noexcept {
  auto* const of = registrations_.find(descriptor);
  if (of == nullptr || !of->is_stream())
    return arrived_in_kernel(descriptor);
  if (!is_readable(*of) && is_in_kernel(of->receives))
    absorb(*of);
  auto count = of->kept ? of->kept->all.size() - of->kept->read : 0;
  if (arriving_ == of)
    count += arrived_.size();
  return is_in_kernel(of->receives) ? count : count + arrived_in_kernel(descriptor);
}

ssize_t uring_reactor::take(registration& of, std::span<std::byte> into) noexcept {
  if (!of.kept) {
    const auto count = std::min(arrived_.size(), into.size());
    std::copy_n(arrived_.begin(), count, into.begin());
    arrived_ = arrived_.subspan(count);
    return static_cast<ssize_t>(count);
  }
  auto& kept = *of.kept;
  const auto left = std::as_bytes(std::span(kept.all)).subspan(kept.read);
  const auto count = std::min(left.size(), into.size());
  std::copy_n(left.begin(), count, into.begin());
  kept.read += count;
  if (kept.read == kept.all.size())
    of.kept.reset();
  return static_cast<ssize_t>(count);
}

void uring_reactor::keep(registration& of, std::span<const std::byte> octets) noexcept {
  if (octets.empty() || of.error != 0)
    return;
  try {
    if (!of.kept)
      of.kept = std::make_unique<registration::kept_octets>();
    of.kept->all.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  } catch (const std::bad_alloc&) {
    break_off(of);
  }
}

// Out of memory: after a gap, the following data would be misread.
void uring_reactor::break_off(registration& of) noexcept {
  of.kept.reset();
  of.error = ENOMEM;
  ::shutdown(of.descriptor, SHUT_RDWR);
}

// A stream that nobody reads fills the kernel's buffers, not ours.
void uring_reactor::keep(registration& of, const completion& done) {
  note_end(of, done);
  if (uring_buffers::is_in(done)) {
    keep(of, buffers_.of(done));
    buffers_.give_back(done);
  }
  if (of.kept && of.kept->all.size() > most_kept)
    stop_receiving(of);
}

void uring_reactor::note_end(registration& of, const completion& done) noexcept {
  if (done.is_more())
    return;
  if (done.result > 0 || done.result == -ECANCELED) {
    of.happens(reception_event::finish);
  } else if (done.result == -ENOBUFS) {
    of.happens(reception_event::starve);
    if (of.receives == reception::starved)
      starve(of);
  } else {
    of.happens(reception_event::end);
    if (of.error == 0)
      of.error = static_cast<std::uint8_t>(-done.result); // every errno fits
  }
}

void uring_reactor::starve(registration& of) noexcept {
  try {
    starved_.push_back(tag(of, purpose::receive));
  } catch (const std::bad_alloc&) {
    of.happens(reception_event::finish); // requested again at once
  }
}

// The kernel takes a buffer as soon as it is asked, since data is waiting; requests in
// excess of buffers would only end again.
void uring_reactor::feed_starved() {
  if (starved_.empty())
    return;
  const auto held =
      std::count_if(fetched_.begin() + static_cast<std::ptrdiff_t>(handled_),
                    fetched_.end(), uring_buffers::is_in);
  const auto free = uring_buffers::count - static_cast<std::size_t>(held);
  const auto count = std::min(free, starved_.size());
  for (std::size_t i = 0; i < count; ++i) {
    auto* const of = owner_of({.tag = starved_[i], .result = 0, .flags = 0});
    if (of == nullptr || of->receives != reception::starved)
      continue;
    of->happens(reception_event::finish);
    arm(*of);
  }
  starved_.erase(starved_.begin(), starved_.begin() + static_cast<std::ptrdiff_t>(count));
}

void uring_reactor::stop_receiving(registration& of) {
  if (of.receives == reception::asked)
    cancel(of, purpose::receive);
  of.happens(reception_event::stop);
}

// From a few kilobytes on, copying out of the kernel's buffers costs more than a system
// call that reads to where the octets are wanted (bench: echo of 16 KiB and of 1 MiB).
void uring_reactor::go_bulk(registration& of) {
  of.small_reads = 0;
  stop_receiving(of);
  of.happens(reception_event::much);
}

ssize_t uring_reactor::receive_bulk(registration& of,
                                    std::span<std::byte> into) noexcept {
  const auto count = ::recv(of.descriptor, into.data(), into.size(), 0);
  if (count >= static_cast<ssize_t>(least_bulk))
    of.small_reads = 0;
  else if (!ring_.is_open())
    return count;
  else if (count > 0 && of.small_reads + 1U == most_small_reads)
    of.happens(reception_event::little);
  else if (count > 0)
    ++of.small_reads;
  return count;
}

void uring_reactor::absorb(registration& of) {
  ring_.submit();
  fetch();
  const auto mine = tag(of, purpose::receive);
  for (auto at = handled_; at < fetched_.size(); ++at)
    if (fetched_[at].tag == mine) {
      keep(of, std::exchange(fetched_[at], completion{}));
      list(of); // for the rest of it, or for the next request
    }
}

} // namespace websock::runtime::detail
