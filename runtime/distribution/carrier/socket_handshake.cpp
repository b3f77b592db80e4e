// The TLS handshake of a peer that has connected.
#include "socket_handshake.hpp"

#include "../../process/shard.hpp"
#include "../../time/deadline.hpp"
#include "socket_setup.hpp"

#include <asio/ssl/stream_base.hpp>

#include <chrono>
#include <utility>

namespace websock::runtime::distribution {

socket_handshake::socket_handshake(shard& home, std::unique_ptr<tls_stream> stream,
                                   duration limit)
    : stream_(std::move(stream)), peer_(peer_of(stream_->lowest_layer())), limit_(limit),
      timer_(home.io()) {
}

void socket_handshake::begin(std::function<void(outcome)> done) {
  done_ = std::move(done);
  const auto self = shared_from_this();
  timer_.expires_at(deadline_in(std::chrono::steady_clock::now(), limit_));
  timer_.async_wait([self](const asio::error_code& cancelled) {
    if (cancelled || !self->done_)
      return;
    self->is_late_ = true;
    self->shut(); // which ends the handshake
  });
  stream_->async_handshake(
      asio::ssl::stream_base::server,
      [self](const asio::error_code& failed) { self->finish(failed); });
}

void socket_handshake::cancel() noexcept {
  done_ = nullptr;
  shut();
}

void socket_handshake::finish(const asio::error_code& failed) {
  const auto done = std::exchange(done_, nullptr);
  if (!done)
    return;
  const auto who = "TLS with " + peer_ + ": ";
  timer_.cancel();
  if (is_late_)
    return done(who + "no handshake in time");
  if (!failed)
    return done(std::move(stream_));
  answer_without_tls(failed, *stream_);
  done(who + tls_failure(failed, *stream_));
}

void socket_handshake::shut() noexcept {
  asio::error_code ignored;
  if (stream_ != nullptr)
    stream_->lowest_layer().close(ignored);
  try {
    timer_.cancel();
  } catch (...) { // it expires, to no effect
  }
}

} // namespace websock::runtime::distribution
