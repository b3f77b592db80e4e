// The listening socket.
#include "websock/listener.hpp"

#include "runtime/shard.hpp"

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace websock {

namespace {

using asio::ip::tcp;

constexpr std::chrono::milliseconds pause{100}; // until descriptors may be free again
constexpr int accepts_per_event = 64;           // so that other sockets have their turn

[[nodiscard]] asio::ip::address parse(const std::string& host) {
  asio::error_code failed;
  const auto address =
      asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, failed);
  if (failed)
    throw std::invalid_argument("host is \"" + host
                                + "\": it must be an IPv4 or IPv6 address");
  return address;
}

void listen(tcp::acceptor& acceptor, const tcp::endpoint& where, int backlog) {
  acceptor.open(where.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.non_blocking(true);
  acceptor.bind(where);
  acceptor.listen(backlog);
}

[[nodiscard]] bool is_out_of_descriptors(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

} // namespace

struct listener::state : std::enable_shared_from_this<listener::state> {
  explicit state(asio::io_context& io) : acceptor(io), retry(io) {}

  void wait() {
    acceptor.async_wait(tcp::acceptor::wait_read,
                        [self = shared_from_this()](const asio::error_code& stopped) {
                          if (!stopped)
                            self->accept();
                        });
  }

  void accept() {
    for (int i = 0; i < accepts_per_event; ++i) {
      const int descriptor = ::accept4(acceptor.native_handle(), nullptr, nullptr,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0 && errno == ECONNABORTED)
        continue; // it went away while it waited in the queue
      if (descriptor < 0 && is_out_of_descriptors(errno))
        return rest();
      if (descriptor < 0)
        break;
      is_resting = false;
      const int yes = 1;
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
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

  tcp::acceptor acceptor;
  asio::steady_timer retry;
  accepted take;
  paused report;
  bool is_resting = false; // reported once per shortage
};

listener::listener(runtime::shard& on, const std::string& host, std::uint16_t port,
                   int backlog)
    : state_(std::make_shared<state>(on.io())) {
  const tcp::endpoint where(parse(host), port);
  try {
    listen(state_->acceptor, where, backlog);
  } catch (const std::system_error& failed) {
    // Asio's category would not compare equal to std::errc.
    throw std::system_error(failed.code().value(), std::generic_category(),
                            "cannot listen on " + host + " port " + std::to_string(port));
  }
  port_ = state_->acceptor.local_endpoint().port();
}

listener::~listener() = default;

void listener::start(accepted take, paused report) {
  state_->take = std::move(take);
  state_->report = std::move(report);
  state_->wait();
}

void listener::stop() {
  asio::error_code ignored;
  state_->acceptor.close(ignored);
  state_->retry.cancel();
}

} // namespace websock
