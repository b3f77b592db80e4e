// The end of a connection's socket.
#include "websock/lingering_socket.hpp"

#include "runtime/shard.hpp"

#include <chrono>

namespace websock {

namespace {
constexpr std::chrono::seconds patience{5}; // as for a close handshake
}

lingering_socket::lingering_socket(runtime::shard& on, std::unique_ptr<transport> socket,
                                   std::string unsent, ends_first who,
                                   std::function<void(lingering_socket&)> finished)
    : shard_(on), socket_(std::move(socket)), unsent_(std::move(unsent)), who_(who),
      finished_(std::move(finished)) {
  if (unsent_.empty())
    end_output();
  shard_.timers().arm(*this, shard_.now() + patience);
  try {
    socket_->watch(*this, unsent_.empty() ? runtime::interest::read
                                          : runtime::interest::read_write);
  } catch (...) {
    shard_.timers().disarm(*this);
    throw;
  }
}

lingering_socket::~lingering_socket() {
  shard_.timers().disarm(*this);
  static_cast<void>(socket_->unwatch(*this));
}

void lingering_socket::on_ready(runtime::readiness what) {
  if (what.writable && !unsent_.empty() && !write())
    finished_(*this);
  else if (what.readable && !discard())
    peer_ended();
}

// It may read on: RFC 9293 §3.6 lets a peer end its own side only.
void lingering_socket::peer_ended() {
  if (unsent_.empty())
    finished_(*this);
  else
    socket_->watch(*this, runtime::interest::write);
}

void lingering_socket::expire(runtime::time_point) {
  finished_(*this);
}

void lingering_socket::failed() noexcept {
  shard_.log_thrown("a connection is cut off");
  finished_(*this);
}

void lingering_socket::end_output() {
  if (who_ == ends_first::us)
    socket_->end_of_output();
}

bool lingering_socket::write() {
  const auto written = socket_->write(unsent_);
  if (written.what == io_result::status::done)
    unsent_.erase(0, written.count);
  if (unsent_.empty()) {
    end_output();
    socket_->watch(*this, runtime::interest::read);
  }
  return written.what != io_result::status::closed;
}

bool lingering_socket::discard() {
  return socket_->read(shard_.scratch()).what != io_result::status::closed;
}

} // namespace websock
