// The listening socket.
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

constexpr std::chrono::milliseconds pause{100}; // until descriptors may be free again
constexpr int accepts_per_event = 64;           // so that other sockets have their turn

[[nodiscard]] bool is_out_of_descriptors(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

} // namespace

struct listener::state : std::enable_shared_from_this<listener::state> {
  state(asio::io_context& io, const server_options& options)
      : socket(std::in_place, options), readiness(io), retry(io) {}
  ~state() { close(); }

  void wait() {
    readiness.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](const asio::error_code& stopped) {
                           if (!stopped)
                             self->accept();
                         });
  }

  // Deregisters before the descriptor is closed.
  void close() {
    if (readiness.is_open())
      readiness.release();
    retry.cancel();
    socket.reset();
  }

  void accept() {
    if (!socket)
      return;
    for (int i = 0; i < accepts_per_event; ++i) {
      const int descriptor =
          ::accept4(socket->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0 && errno == ECONNABORTED)
        continue; // it went away while it waited in the queue
      if (descriptor < 0 && is_out_of_descriptors(errno))
        return rest();
      if (descriptor < 0)
        break;
      is_resting = false;
      take(descriptor);
    }
    wait();
  }

  void rest() {
    if (!std::exchange(is_resting, true))
      report(std::generic_category().message(errno));
    retry.expires_after(pause);
    retry.async_wait([self = shared_from_this()](const asio::error_code& stopped) {
      if (!stopped)
        self->accept();
    });
  }

  std::optional<listening_socket> socket;
  asio::posix::stream_descriptor readiness;
  asio::steady_timer retry;
  accepted take;
  paused report;
  bool is_resting = false; // reported once per shortage
};

listener::listener(runtime::shard& on, const server_options& options)
    : state_(std::make_shared<state>(on.io(), options)), port_(state_->socket->port()) {
}

listener::~listener() = default;

void listener::start(accepted take, paused report) {
  state_->take = std::move(take);
  state_->report = std::move(report);
  state_->readiness.assign(state_->socket->descriptor());
  state_->wait();
}

void listener::stop() {
  state_->close();
}

} // namespace websock
