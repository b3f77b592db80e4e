// The listening socket and the loop that accepts.
#include "websock/listener.hpp"

#include "runtime/shard.hpp"
#include "websock/listening_socket.hpp"

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

namespace websock {

namespace {

constexpr std::chrono::milliseconds rest_time{100}; // until descriptors may be free again
constexpr int accepts_per_event = 64; // so that other sockets have their turn

[[nodiscard]] bool is_out_of_descriptors(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// accept(2): what has become of a connection that waited in the queue, not of the socket.
[[nodiscard]] bool is_of_one_connection(int error) noexcept {
  switch (error) {
  case ECONNABORTED:
  case EINTR:
  case EPERM: // a firewall
  case EPROTO:
  case ENOPROTOOPT:
  case EOPNOTSUPP:
  case ENETDOWN:
  case ENETUNREACH:
  case EHOSTDOWN:
  case EHOSTUNREACH:
  case ENONET:
    return true;
  default:
    return false;
  }
}

} // namespace

struct listener::state : std::enable_shared_from_this<listener::state> {
  state(asio::io_context& io, const server_options& options, accepted take_each,
        rested report_rest)
      : socket(std::in_place, options), readiness(io), retry(io),
        take(std::move(take_each)), report(std::move(report_rest)) {}
  ~state() { close(); }

  // A handler that is due already is not called off by `pause`: it must see for itself.
  [[nodiscard]] auto call_ready() {
    return [self = shared_from_this(), of = starts](const asio::error_code& stopped) {
      if (stopped || !self->ready || of != self->starts)
        return;
      const auto call = self->ready; // which may end itself
      call();
    };
  }

  turn start(std::function<void()> call) {
    pause();
    if (socket) {
      ready = std::move(call);
      readiness.assign(socket->descriptor());
      wait();
    }
    return turn{starts};
  }

  void wait() {
    readiness.async_wait(asio::posix::stream_descriptor::wait_read, call_ready());
  }

  void rest(int error) {
    if (!std::exchange(is_resting, true))
      report(std::generic_category().message(error));
    retry.expires_after(rest_time);
    retry.async_wait(call_ready());
  }

  void accept() {
    if (!socket)
      return;
    for (int i = 0; i < accepts_per_event; ++i) {
      const int descriptor =
          ::accept4(socket->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      const int error = errno;
      if (descriptor >= 0) {
        is_resting = false;
        take(descriptor);
      } else if (is_out_of_descriptors(error)) {
        return rest(error);
      } else if (error == EAGAIN) {
        break;
      } else if (!is_of_one_connection(error)) {
        throw std::system_error(error, std::generic_category(), "accept");
      }
    }
    wait();
  }

  // Deregisters before the descriptor is closed.
  void pause() noexcept {
    ready = nullptr;
    ++starts;
    asio::error_code ignored; // it is not due any more, or about to be called
    retry.cancel(ignored);
    if (readiness.is_open())
      readiness.release();
  }

  void close() noexcept {
    if (!socket)
      return;
    pause();
    socket.reset();
  }

  std::optional<listening_socket> socket;
  asio::posix::stream_descriptor readiness;
  asio::steady_timer retry;
  const accepted take;
  const rested report;
  std::function<void()> ready; // between start and pause
  std::uint64_t starts = 0;    // and pauses: tells handlers of an earlier one
  bool is_resting = false;     // reported once per shortage
};

listener::listener(runtime::shard& on, const server_options& options, accepted take,
                   rested report)
    : state_(
        std::make_shared<state>(on.io(), options, std::move(take), std::move(report))),
      port_(state_->socket->port()) {
}

// Asio may hold handlers, and so the state, until the shard goes.
listener::~listener() {
  state_->close();
}

listener::turn listener::start(std::function<void()> ready) {
  return state_->start(std::move(ready));
}

void listener::accept() {
  state_->accept();
}

void listener::pause(turn of) noexcept {
  if (of == turn{state_->starts})
    state_->pause();
}

void listener::stop() noexcept {
  state_->close();
}

} // namespace websock
