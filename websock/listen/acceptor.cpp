// The loop that accepts.
#include "websock/listen/acceptor.hpp"

#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/reactor/accept_error.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <new>
#include <system_error>
#include <utility>

namespace websock {

namespace {

constexpr std::chrono::milliseconds rest_time{100}; // until descriptors may be free again
constexpr int accepts_per_event = 64; // so that other sockets get their turn

[[nodiscard]] bool is_out_of_descriptors(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

} // namespace

acceptor::acceptor(runtime::shard& home, const server_options& options, accepted take,
                   rested report)
    : shard_(home), socket_(std::in_place, options), address_(socket_->address()),
      take_(std::move(take)), report_(std::move(report)) {
}

acceptor::~acceptor() {
  stop();
}

acceptor::turn acceptor::start(std::function<void()> ready) {
  pause();
  if (socket_) {
    shard_.sockets().add(socket_->descriptor(), *this, runtime::interest::read);
    ready_ = std::move(ready);
  }
  return turn{starts_};
}

void acceptor::on_ready(runtime::readiness) {
  const auto call = ready_; // may replace ready_ itself
  call();
}

void acceptor::expire(runtime::time_point) {
  shard_.sockets().change(socket_->descriptor(), *this, runtime::interest::read);
  on_ready({});
}

// The socket is reported again as long as connections are waiting.
void acceptor::accept() {
  for (int i = 0; socket_ && i < accepts_per_event; ++i) {
    const int descriptor =
        ::accept4(socket_->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    const int error = errno;
    if (descriptor >= 0) {
      if (!give(descriptor))
        return rest(ENOMEM);
      is_resting_ = false;
    } else if (is_out_of_descriptors(error)) {
      return rest(error);
    } else if (error == EAGAIN) {
      return;
    } else if (!runtime::detail::is_of_one_connection(error)) {
      throw std::system_error(error, std::generic_category(), "accept");
    }
  }
}

// False: there is no memory for another connection.
bool acceptor::give(int descriptor) {
  try {
    take_(descriptor);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void acceptor::rest(int error) {
  if (!std::exchange(is_resting_, true))
    shard_.guarded("accepting pauses",
                   [&] { report_(std::generic_category().message(error)); });
  shard_.timers().arm(*this, shard_.now() + rest_time);
  shard_.sockets().change(socket_->descriptor(), *this, runtime::interest::nothing);
}

// Connections in the queue are accepted later.
void acceptor::failed() noexcept {
  shard_.log_thrown("accepting pauses");
  if (ready_ && !is_armed())
    shard_.guarded("accepting ends",
                   [this] { shard_.timers().arm(*this, shard_.now() + rest_time); });
}

void acceptor::pause(turn started) noexcept {
  if (started == turn{starts_})
    pause();
}

void acceptor::pause() noexcept {
  ++starts_;
  if (!std::exchange(ready_, nullptr))
    return;
  shard_.timers().disarm(*this);
  static_cast<void>(shard_.sockets().remove(socket_->descriptor(), *this));
}

void acceptor::stop() noexcept {
  if (!socket_)
    return;
  pause();
  socket_.reset();
}

} // namespace websock
