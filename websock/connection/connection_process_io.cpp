// Input and output of a connection's process.
#include "websock/connection/connection_process.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/process/shard.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace websock {

using runtime::detail::block_of;

namespace {

/// Once the kernel holds this much unread, it is unknown whether the peer would send
/// more.
constexpr std::size_t largest_unread = 65'536;

} // namespace

void connection_process::on_ready(runtime::readiness what) {
  assert(has_begun() && "nothing is watched before");
  auto& process = self();
  if (what.writable && output_.is_backlogged())
    block_of(process).run_turn([this] { write_backlog(); });
  else if (what.readable && block_of(process).is_idle() && arrivals_.empty())
    block_of(process).run_turn([this] { read(); });
  else if (what.readable && stage_ == stage::open && process.is_waiting())
    block_of(process).run_turn([this, what] { peer_stirred(what); });
  else if (what.readable && stage_ == stage::open)
    take_place();
}

std::span<std::byte> connection_process::room() {
  const auto buffer = connection_->room();
  return buffer.empty() ? self().shard().scratch() : buffer;
}

// One read per readiness: a short read has drained the socket, and after a full one the
// reactor reports readiness again. Messages sent to this process before the peer sent
// these bytes may still be on their way (rule 20).
void connection_process::read() {
  assert(block_of(self()).is_running() && "a connection reads within its turn");
  const auto buffer = room();
  const auto result = socket_->read(buffer);
  if (self().shard().is_behind()) [[unlikely]]
    put_off(result, buffer);
  else
    take(result, buffer);
  settle_traffic();
}

void connection_process::take(io_result result, std::span<std::byte> buffer) {
  if (result.what == io_result::status::done)
    connection_->receive(buffer.first(result.count));
  else if (result.what == io_result::status::closed)
    end_of_stream();
}

void connection_process::put_off(io_result result, std::span<const std::byte> buffer) {
  if (result.what == io_result::status::would_block)
    return;
  const auto* const before = arrivals_.newest();
  std::unique_ptr<arrival> place(&arrivals_.add(0, *this, self().shard().frames()));
  place->read.assign(buffer.begin(),
                     buffer.begin() + static_cast<std::ptrdiff_t>(result.count));
  queue(*place.release(), before);
  connection_->restart_idle_time();
}

// Queues `place` behind everything sent to this process so far, and behind `before`.
void connection_process::queue(arrival& place, const arrival* before) {
  auto& shard = self().shard();
  place.is_by_inbox =
      shard.has_undelivered() || (before != nullptr && before->is_by_inbox);
  if (place.is_by_inbox)
    shard.post_signal(block_of(self()), &place);
  else
    block_of(self()).arrive(&place);
}

// A peer that has ended its side may still read earlier output. As after a blocking send,
// its end is noticed once that output is sent or cannot be.
void connection_process::end_of_stream() {
  if (!output_.empty() && !output_.is_backlogged())
    flush();
  if (output_.is_backlogged())
    enter(occasion::peer_ended);
  else
    connection_->peer_gone();
}

// Takes a place for what has arrived, behind everything sent to this process so far. The
// end of the stream gets a place for zero octets; data already read has its own.
void connection_process::take_place() {
  const auto all = socket_->arrived();
  const auto fresh = all - std::min(all, arrivals_.octets());
  auto* const newest = arrivals_.newest();
  if (newest != nullptr && newest->read.empty()
      && (fresh == 0 || block_of(self()).is_newest(*newest))) {
    arrivals_.extend(fresh);
  } else {
    auto& made = arrivals_.add(fresh, *this, self().shard().frames());
    if (newest != nullptr)
      made.is_deadline = std::exchange(newest->is_deadline, false);
    queue(made, newest);
  }
}

void connection_process::arrived_at(arrival& place) {
  std::unique_ptr<arrival> taken(&place);
  const bool is_deadline = place.is_deadline;
  if (place.read.empty())
    read_placed(place);
  else
    connection_->receive(place.read);
  const bool is_leaving = connection_->leaving() != nullptr;
  if (place.octets > 0 && !is_leaving && stage_ != stage::ended) {
    block_of(self()).enqueue_first(*taken.release()); // for the rest
  } else {
    arrivals_.remove(place);
    if (is_deadline && !is_leaving)
      check_deadlines();
  }
  settle_traffic();
}

void connection_process::read_placed(arrival& place) {
  if (place.octets == 0 && socket_->arrived() > 0)
    return; // it arrived later
  const auto buffer = room();
  const auto [result, left] = place.octets > 0 ? socket_->read_first(place.octets, buffer)
                                               : limited_read{socket_->read(buffer), 0};
  arrivals_.shorten(place, left);
  take(result, buffer);
}

// While a callback waits, the peer's data waits in the kernel and its place in the
// mailbox. A peer that is gone ends the wait, unless something it sent earlier is still
// to be handled.
void connection_process::peer_stirred(runtime::readiness what) {
  if (what.hung_up && connection_->is_last_heard() && arrivals_.empty()
      && socket_->arrived() == 0) {
    connection_->peer_gone();
  } else {
    take_place();
    enter(occasion::peer_waits);
  }
  settle();
}

void connection_process::look_for_peer() {
  const bool is_free =
      !connection_->is_waiting() && arrivals_.empty() && self().message_queue_len() == 0;
  if (is_free) {
    read(); // input means that the peer is not idle
    return;
  }
  const auto now = std::min(socket_->arrived(), largest_unread);
  const auto before = std::exchange(unread_, static_cast<std::uint32_t>(now));
  if (now > before || now == largest_unread || (now > 0 && !connection_->is_waiting()))
    connection_->restart_idle_time();
}

void connection_process::count_unsent() {
  const auto unsent = output_.is_backlogged() ? output_.size() : 0;
  if (unsent != counted_unsent_)
    host_.unsent().bytes += unsent - std::exchange(counted_unsent_, unsent); // may wrap
}

void connection_process::flush() {
  last_progress_ = self().now();
  write();
}

// Writes as much as the kernel takes. For a backlog the result must be known at once:
// posting it, and having it put back again and again, would keep the shard awake. The
// same holds for output that a callback waits for.
void connection_process::write() {
  assert(block_of(self()).is_running() && "a connection writes within its turn");
  const bool may_post = !output_.is_backlogged() && !connection_->is_waiting();
  if (const auto all = output_.in_one_piece())
    written(may_post ? socket_->post(*all) : socket_->write(*all));
  else
    gather();
  if (output_.empty())
    connection_->drained();
}

void connection_process::gather() {
  bool is_all_taken = true;
  while (is_all_taken && !output_.empty()) {
    std::array<std::string_view, transport::most_pieces> pieces;
    const auto gathered = output_.unsent(pieces);
    const auto result = socket_->gather(gathered);
    is_all_taken = result.count == size_of(gathered);
    written(result);
  }
}

void connection_process::written(io_result result) {
  if (result.what == io_result::status::closed) {
    output_.consume(output_.size());
    connection_->peer_gone();
    return;
  }
  if (result.count > 0)
    last_progress_ = self().now();
  output_.consume(result.count);
}

void connection_process::write_backlog() {
  write();
  if (stage_ == stage::ended && !output_.is_backlogged())
    connection_->peer_gone();
  else if (stage_ == stage::suspended && output_.size() <= options_->low_mark)
    enter(occasion::little_unsent);
  settle();
}

} // namespace websock
