// Sends by io_uring: posted data is batched, and leaves with the next system call.
#include "uring_reactor.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <new>
#include <utility>

namespace websock::runtime::detail {

namespace {

constexpr std::size_t most_copied = 4'096; // beyond this a separate call costs less
constexpr std::size_t most_of_parcel = 65'536;
constexpr std::size_t most_posted = 1'048'576;

[[nodiscard]] std::size_t size_of(std::span<const iovec> pieces) noexcept {
  std::size_t sum = 0;
  for (const auto& piece : pieces)
    sum += piece.iov_len;
  return sum;
}

} // namespace

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
  of->happens(notice_event::may_write); // once that is sent or handed back
  list(*of);
  errno = EAGAIN;
  return -1;
}

// Appends to data posted earlier, which moves to the end.
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

// Sent now: it cannot wait for the batch.
std::string uring_reactor::send_parcel(registration& of) noexcept {
  const auto& mine = parcels_[of.place];
  return rest_of(of, send_now(of, mine));
}

std::size_t uring_reactor::send_now(const registration& of, const parcel& what) noexcept {
  const iovec piece{octets_.data() + what.at, what.size};
  return static_cast<std::size_t>(
      std::max(send_pieces(of.descriptor, {&piece, 1}), ssize_t{0}));
}

// Without memory for the rest, the stream ends: the peer must not miss octets in the
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

// Each is sent while the kernel takes its request: that does not wait for a full socket,
// and completes only when it fell short.
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

// By now the completion of each has been taken out of the ring, if it has one: it is
// posted while the kernel takes the request, all requests have been taken, and `fetch`
// leaves no completions behind.
void uring_reactor::parcels_left() noexcept {
  for (const auto& each : parcels_)
    if (each.from != nullptr && each.from->output == posted::waiting)
      each.from->output = posted::nothing;
  parcels_.clear();
  octets_.clear();
  if (octets_.capacity() > 2 * most_posted)
    std::string().swap(octets_);
}

// An error recurs when the owner tries to send the rest.
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
  of.happens(notice_event::may_write);
  list(of);
}

void uring_reactor::tell_rests() {
  for (std::size_t i = 0; i < rests_.size(); ++i) { // the list may grow
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
