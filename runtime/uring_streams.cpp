// Reading and sending by io_uring.
#include "runtime/uring_reactor.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

namespace runtime::detail {

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
  return of.is_stream && (has_octets(of) || of.has_ended);
}

bool uring_reactor::is_polled_for_reading(const registration& of) const noexcept {
  return !of.is_stream || (of.is_bulk && !of.is_receiving && !is_readable(of));
}

ssize_t uring_reactor::receive(int descriptor, std::span<std::byte> into) noexcept {
  auto* const of = registrations_.find(descriptor);
  if (of != nullptr && of->is_stream) {
    if (!is_readable(*of) && of->is_receiving)
      absorb(*of);
    if (has_octets(*of))
      return take(*of, into);
    if (of->has_ended)
      return of->error == 0 ? 0 : fail(of->error);
    if (of->is_receiving)
      return fail(EAGAIN);
    if (of->is_bulk)
      return receive_bulk(*of, into);
  }
  return ::recv(descriptor, into.data(), into.size(), 0);
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

void uring_reactor::keep(registration& of, std::span<const std::byte> octets) {
  if (octets.empty())
    return;
  if (!of.kept)
    of.kept = std::make_unique<registration::kept_octets>();
  of.kept->all.append(reinterpret_cast<const char*>(octets.data()), octets.size());
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
  if (done.result <= 0 && done.result != -ENOBUFS && done.result != -ECANCELED) {
    of.has_ended = true;
    of.error = static_cast<std::uint8_t>(-done.result); // no errno is larger
  }
}

void uring_reactor::note_end(registration& of, const completion& done) noexcept {
  if (!done.is_more())
    of.is_receiving = of.is_cancelled = false;
}

void uring_reactor::stop_receiving(registration& of) {
  if (of.is_receiving && !of.is_cancelled)
    cancel(of, purpose::receive);
  of.is_cancelled = of.is_receiving;
}

// From some kilobytes on, a copy out of the kernel's buffers costs more than the call
// that reads to where the octets are wanted (bench: echo of 16 KiB and of 1 MiB).
void uring_reactor::go_bulk(registration& of) {
  of.is_bulk = true;
  of.small_reads = 0;
  stop_receiving(of);
}

ssize_t uring_reactor::receive_bulk(registration& of,
                                    std::span<std::byte> into) noexcept {
  const auto count = ::recv(of.descriptor, into.data(), into.size(), 0);
  if (count >= static_cast<ssize_t>(most_copied))
    of.small_reads = 0;
  else if (count > 0 && of.small_reads + 1U == most_small_reads)
    of.is_bulk = false;
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
  if (of == nullptr || of->parcel == registration::none)
    return send_pieces(descriptor, pieces);
  if (!of->has_rest() && extend(*of, pieces))
    return static_cast<ssize_t>(size_of(pieces));
  of->is_writable = true; // when that has left, or is back
  list(*of);
  return fail(EAGAIN);
}

// Behind what was posted already, which moves to the end.
bool uring_reactor::extend(registration& of, std::span<const iovec> pieces) {
  auto& mine = parcels_[of.parcel];
  const auto size = mine.size + size_of(pieces);
  if (size > most_of_parcel)
    return false;
  if (mine.at + mine.size != octets_.size()) {
    const auto at = octets_.size();
    octets_.append(octets_, mine.at, mine.size);
    mine.at = at;
  }
  for (const auto& piece : pieces)
    octets_.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  mine.size = size;
  return true;
}

ssize_t uring_reactor::post(int descriptor, std::string_view bytes) noexcept {
  auto* const of = registrations_.find(descriptor);
  if (of == nullptr || of->target == nullptr || of->parcel != registration::none
      || bytes.size() > most_copied || octets_.size() > most_posted)
    return send(descriptor, bytes);
  of->parcel = static_cast<std::uint32_t>(parcels_.size());
  parcels_.push_back({of, octets_.size(), bytes.size()});
  octets_.append(bytes);
  return static_cast<ssize_t>(bytes.size());
}

std::string uring_reactor::recall(registration& of) noexcept {
  std::string left;
  if (of.has_rest()) {
    auto& mine = rests_[of.parcel - registration::first_rest];
    left = std::move(mine.octets);
    mine.from = nullptr;
  } else if (of.parcel != registration::none) {
    left = send_parcel(of);
    parcels_[of.parcel].from = nullptr;
  }
  of.parcel = registration::none;
  return left;
}

// It cannot wait for the others.
std::string uring_reactor::send_parcel(registration& of) noexcept {
  const auto& mine = parcels_[of.parcel];
  const iovec piece{octets_.data() + mine.at, mine.size};
  const auto sent = std::max(send_pieces(of.descriptor, {&piece, 1}), ssize_t{0});
  return octets_.substr(mine.at, mine.size).substr(static_cast<std::size_t>(sent));
}

// Each is sent while the kernel takes its request: that does not wait for a socket that
// is full, and is heard of only when it fell short.
void uring_reactor::put_parcels() {
  for (const auto& each : parcels_) {
    if (each.from == nullptr)
      continue;
    auto& request = ring_.request();
    ::io_uring_prep_send(&request, each.from->descriptor, octets_.data() + each.at,
                         each.size, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL);
    request.flags |= IOSQE_CQE_SKIP_SUCCESS;
    ::io_uring_sqe_set_data64(&request, tag(*each.from, purpose::send));
  }
}

// By now the completion of each has been taken out of the ring, if it has one: it comes
// while the kernel takes the request, which all have been, and `fetch` leaves none
// behind.
void uring_reactor::parcels_left() noexcept {
  for (const auto& each : parcels_)
    if (each.from != nullptr && !each.from->has_rest())
      each.from->parcel = registration::none;
  parcels_.clear();
  octets_.clear();
  if (octets_.capacity() > 2 * most_posted)
    std::string().swap(octets_);
}

// An error shows again when the owner tries to send the rest.
void uring_reactor::fell_short(registration& of, int result) {
  assert(of.parcel < parcels_.size() && parcels_[of.parcel].from == &of);
  const auto& mine = parcels_[of.parcel];
  const auto sent = static_cast<std::size_t>(std::max(result, 0));
  rests_.push_back({&of, octets_.substr(mine.at + sent, mine.size - sent)});
  of.parcel = registration::first_rest + static_cast<std::uint32_t>(rests_.size() - 1);
  of.is_writable = true;
  list(of);
}

void uring_reactor::tell_rests() {
  for (std::size_t i = 0; i < rests_.size(); ++i) { // they may become more
    auto* const of = rests_[i].from;
    if (of == nullptr)
      continue;
    const auto octets = recall(*of);
    of->target->on_unsent(octets);
  }
  rests_.clear();
}

} // namespace runtime::detail
