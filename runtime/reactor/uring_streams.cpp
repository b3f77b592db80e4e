// Reading and sending by io_uring.
#include "websock/runtime/reactor/uring_reactor.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <new>
#include <utility>

namespace websock::runtime::detail {

namespace {

constexpr std::size_t most_kept = 65'536;  // of a stream, before it is read no further
constexpr std::size_t most_copied = 4'096; // where a call of its own costs less
constexpr std::size_t most_of_parcel = 65'536;
constexpr std::size_t most_posted = 1'048'576;
constexpr unsigned most_small_reads = 15; // before a stream is as others

[[nodiscard]] ssize_t fail(int error) noexcept {
  errno = error;
  return -1;
}

[[nodiscard]] std::size_t size_of(std::span<const iovec> pieces) noexcept {
  std::size_t sum = 0;
  for (const auto& piece : pieces)
    sum += piece.iov_len;
  return sum;
}

} // namespace

bool uring_reactor::has_octets(const registration& of) const noexcept {
  return of.kept || (arriving_ == &of && !arrived_.empty());
}

bool uring_reactor::is_readable(const registration& of) const noexcept {
  return of.is_stream
         && (has_octets(of) || of.receives == reception::ended || of.error != 0);
}

bool uring_reactor::is_polled_for_reading(const registration& of) const noexcept {
  return !of.is_stream || (of.receives == reception::bulk && !has_octets(of));
}

ssize_t uring_reactor::receive(int descriptor, std::span<std::byte> into) noexcept {
  auto* const of = registrations_.find(descriptor);
  if (of != nullptr && of->is_stream) {
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
  if (of == nullptr || !of->is_stream)
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

// For want of memory: what follows a gap would be taken for something else.
void uring_reactor::break_off(registration& of) noexcept {
  of.kept.reset();
  of.error = ENOMEM;
  ::shutdown(of.descriptor, SHUT_RDWR);
}

// A stream that nobody reads from fills the kernel's memory for it, not ours.
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
      of.error = static_cast<std::uint8_t>(-done.result); // no errno is larger
  }
}

void uring_reactor::starve(registration& of) noexcept {
  try {
    starved_.push_back(tag(of, purpose::receive));
  } catch (const std::bad_alloc&) {
    of.happens(reception_event::finish); // it is asked at once
  }
}

// The kernel takes a buffer as soon as it is asked, since octets are there; more requests
// than buffers would only end again.
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

// From some kilobytes on, a copy out of the kernel's buffers costs more than the call
// that reads to where the octets are wanted (bench: echo of 16 KiB and of 1 MiB).
void uring_reactor::go_bulk(registration& of) {
  of.small_reads = 0;
  stop_receiving(of);
  of.happens(reception_event::much);
}

ssize_t uring_reactor::receive_bulk(registration& of,
                                    std::span<std::byte> into) noexcept {
  const auto count = ::recv(of.descriptor, into.data(), into.size(), 0);
  if (count >= static_cast<ssize_t>(most_copied))
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
      list(of); // for what is left of it, or for the next request
    }
}

ssize_t uring_reactor::send(int descriptor, std::string_view bytes) noexcept {
  const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
  return gather(descriptor, {&piece, 1});
}

ssize_t uring_reactor::gather(int descriptor, std::span<const iovec> pieces) noexcept {
  auto* const of = registrations_.find(descriptor);
  if (of == nullptr || of->output == posted::nothing)
    return send_pieces(descriptor, pieces);
  if (of->output == posted::waiting && extend(*of, pieces))
    return static_cast<ssize_t>(size_of(pieces));
  of->is_writable = true; // when that has left, or is back
  list(*of);
  return fail(EAGAIN);
}

// Behind what was posted already, which moves to the end.
bool uring_reactor::extend(registration& of, std::span<const iovec> pieces) noexcept {
  auto& mine = parcels_[of.place];
  const auto size = mine.size + size_of(pieces);
  if (size > most_of_parcel)
    return false;
  try {
    if (mine.at + mine.size != octets_.size()) {
      const auto at = octets_.size();
      octets_.append(octets_, mine.at, mine.size);
      mine.at = at;
    }
    for (const auto& piece : pieces)
      octets_.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  } catch (const std::bad_alloc&) {
    return false;
  }
  mine.size = size;
  return true;
}

ssize_t uring_reactor::post(int descriptor, std::string_view bytes) noexcept {
  auto* const of = registrations_.find(descriptor);
  if (of == nullptr || of->target == nullptr || of->output != posted::nothing
      || bytes.size() > most_copied || octets_.size() > most_posted || !ring_.is_open())
    return send(descriptor, bytes);
  const auto at = octets_.size();
  try {
    octets_.append(bytes);
    parcels_.push_back({of, at, bytes.size(), 0});
  } catch (const std::bad_alloc&) {
    return send(descriptor, bytes);
  }
  of->output = posted::waiting;
  of->place = static_cast<std::uint32_t>(parcels_.size() - 1);
  return static_cast<ssize_t>(bytes.size());
}

std::string uring_reactor::recall(registration& of) noexcept {
  std::string left;
  if (of.output == posted::unsent) {
    auto& mine = rests_[of.place];
    left = std::move(mine.octets);
    mine.from = nullptr;
  } else if (of.output == posted::waiting) {
    left = send_parcel(of);
    parcels_[of.place].from = nullptr;
  }
  of.output = posted::nothing;
  return left;
}

// It cannot wait for the others.
std::string uring_reactor::send_parcel(registration& of) noexcept {
  const auto& mine = parcels_[of.place];
  return rest_of(of, send_now(of, mine));
}

std::size_t uring_reactor::send_now(const registration& of, const parcel& what) noexcept {
  const iovec piece{octets_.data() + what.at, what.size};
  return static_cast<std::size_t>(
      std::max(send_pieces(of.descriptor, {&piece, 1}), ssize_t{0}));
}

// Where there is no memory to keep it the stream ends: a peer must not miss octets in the
// middle.
std::string uring_reactor::rest_of(registration& of, std::size_t sent) noexcept {
  const auto& mine = parcels_[of.place];
  try {
    return octets_.substr(mine.at + sent, mine.size - sent);
  } catch (const std::bad_alloc&) {
    break_off(of);
    return {};
  }
}

// Each is sent while the kernel takes its request: that does not wait for a socket that
// is full, and is heard of only when it fell short.
void uring_reactor::put_parcels() noexcept {
  for (auto& each : parcels_) {
    if (each.from == nullptr)
      continue;
    auto& request = ring_.request();
    ::io_uring_prep_send(&request, each.from->descriptor, octets_.data() + each.at,
                         each.size, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL);
    request.flags |= IOSQE_CQE_SKIP_SUCCESS;
    ::io_uring_sqe_set_data64(&request, tag(*each.from, purpose::send));
    each.position = ring_.position() - 1;
  }
}

// By now the completion of each has been taken out of the ring, if it has one: it comes
// while the kernel takes the request, which all have been, and `fetch` leaves none
// behind.
void uring_reactor::parcels_left() noexcept {
  for (const auto& each : parcels_)
    if (each.from != nullptr && each.from->output == posted::waiting)
      each.from->output = posted::nothing;
  parcels_.clear();
  octets_.clear();
  if (octets_.capacity() > 2 * most_posted)
    std::string().swap(octets_);
}

// An error shows again when the owner tries to send the rest.
void uring_reactor::fell_short(registration& of, std::size_t sent) noexcept {
  assert(of.output == posted::waiting && parcels_[of.place].from == &of);
  auto octets = rest_of(of, sent);
  try {
    rests_.push_back({&of, std::move(octets)});
  } catch (const std::bad_alloc&) {
    break_off(of);
    return;
  }
  of.output = posted::unsent;
  of.place = static_cast<std::uint32_t>(rests_.size() - 1);
  of.is_writable = true;
  list(of);
}

void uring_reactor::tell_rests() {
  for (std::size_t i = 0; i < rests_.size(); ++i) { // they may become more
    auto* const of = rests_[i].from;
    if (of == nullptr)
      continue;
    const auto octets = recall(*of);
    assert(of->output == posted::nothing && "what comes back precedes what is posted");
    of->target->tell_unsent(octets);
  }
  rests_.clear();
}

} // namespace websock::runtime::detail
