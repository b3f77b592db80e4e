// The end of a connection's socket.
#include "websock/transport/lingering_socket.hpp"

#include "websock/runtime/process/shard.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <string_view>
#include <utility>

namespace websock {

namespace {

constexpr std::chrono::seconds patience{5}; // as for a close handshake
constexpr std::chrono::seconds for_an_answer{1};
constexpr std::chrono::milliseconds for_more_of_it{100};

} // namespace

lingering_socket::lingering_socket(runtime::shard& home,
                                   std::unique_ptr<transport> socket,
                                   output_backlog unsent, ends_first who,
                                   std::function<void(lingering_socket&)> finished)
    : shard_(home), socket_(std::move(socket)), unsent_(std::move(unsent)), who_(who),
      end_(home.now() + patience), finished_(std::move(finished)) {
  await(end_);
  try {
    socket_->watch(*this, unsent_.empty() ? runtime::interest::read
                                          : runtime::interest::read_write);
    if (unsent_.empty())
      all_sent();
  } catch (...) {
    shard_.timers().disarm(*this);
    throw;
  }
}

lingering_socket::~lingering_socket() {
  shard_.timers().disarm(*this);
  static_cast<void>(socket_->unwatch(*this));
}

void lingering_socket::await(runtime::time_point until) {
  shard_.timers().disarm(*this);
  shard_.timers().arm(*this, std::min(until, end_));
}

void lingering_socket::on_ready(runtime::readiness ready) {
  if (ready.writable && stage_ == stage::sending && !write())
    finished_(*this);
  else if (ready.readable && discard().what == io_result::status::closed)
    peer_ended();
}

// The peer may still read: RFC 9293 §3.6 lets it end its own side only.
void lingering_socket::peer_ended() {
  if (stage_ == stage::sending)
    socket_->watch(*this, runtime::interest::write);
  else
    finished_(*this);
}

void lingering_socket::expire(runtime::time_point now) {
  if (stage_ != stage::listening || now >= end_) {
    finished_(*this);
    return;
  }
  end_output();
  await(end_);
}

void lingering_socket::all_sent() {
  assert(stage_ == stage::sending && unsent_.empty() && "all is sent once");
  if (who_ == ends_first::us_answered) {
    stage_ = stage::listening;
    await(shard_.now() + for_an_answer);
  } else {
    end_output();
  }
}

void lingering_socket::failed() noexcept {
  shard_.log_thrown("a connection is cut off");
  finished_(*this);
}

void lingering_socket::end_output() {
  assert(stage_ != stage::ending && "the output ends once");
  stage_ = stage::ending;
  if (who_ != ends_first::peer)
    socket_->end_of_output();
}

bool lingering_socket::write() {
  bool is_all_taken = true;
  while (is_all_taken && !unsent_.empty()) {
    std::array<std::string_view, transport::most_pieces> pieces;
    const auto gathered = unsent_.unsent(pieces);
    const auto written = socket_->gather(gathered);
    if (written.what == io_result::status::closed)
      return false;
    is_all_taken = written.count == size_of(gathered);
    unsent_.consume(written.count);
  }
  if (unsent_.empty()) {
    all_sent();
    socket_->watch(*this, runtime::interest::read);
  }
  return true;
}

io_result lingering_socket::discard() {
  const auto result = socket_->read(shard_.scratch());
  if (result.what == io_result::status::done && stage_ == stage::listening)
    await(shard_.now() + for_more_of_it);
  return result;
}

} // namespace websock
