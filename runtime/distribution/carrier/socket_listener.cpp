// Accepts as long as there are places for strangers.
#include "socket_listener.hpp"

#include "../../process/shard.hpp"
#include "../../reactor/accept_error.hpp"
#include "../../time/deadline.hpp"
#include "socket_carrier.hpp"
#include "socket_handshake.hpp"
#include "socket_setup.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <list>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace websock::runtime::distribution {

namespace {

using asio::ip::tcp;

constexpr std::chrono::milliseconds rest_time{100}; // until descriptors may be free again

[[nodiscard]] tcp::endpoint endpoint_of(const listen_options& options) {
  asio::error_code failed;
  const auto address = asio::ip::make_address(options.address, failed);
  if (failed)
    throw std::invalid_argument("listen: \"" + options.address
                                + "\" is no IPv4 or IPv6 address");
  if (options.most_strangers == 0)
    throw std::invalid_argument("listen: most_strangers is 0");
  return {address, options.port};
}

/// Lives until its last operation has completed; without an owner once it is stopped.
class listener final : public std::enable_shared_from_this<listener> {
public:
  listener(shard& home, const listen_options& options,
           std::shared_ptr<const tls_identity> tls, listening::events& owner)
      : home_(home), options_(options), tls_(std::move(tls)), owner_(&owner),
        socket_(new_listening_socket(home, endpoint_of(options))),
        port_(socket_.local_endpoint().port()),
        protocol_(socket_.local_endpoint().protocol()), rest_(home.io()) {}

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  void wait() {
    if (owner_ == nullptr || is_waiting_ || is_resting_
        || taken_ >= options_.most_strangers)
      return;
    is_waiting_ = true;
    socket_.async_wait(tcp::acceptor::wait_read,
                       [self = shared_from_this()](const asio::error_code& failed) {
                         self->is_waiting_ = false;
                         if (!failed)
                           self->accept();
                       });
  }
  void stop() noexcept {
    owner_ = nullptr;
    asio::error_code ignored;
    socket_.close(ignored);
    try {
      rest_.cancel();
    } catch (...) { // it expires, to no effect
    }
    for (const auto& each : std::exchange(handshakes_, {}))
      if (const auto going = each.lock())
        going->cancel();
  }

private:
  void accept() {
    while (owner_ != nullptr && taken_ < options_.most_strangers) {
      const int descriptor = ::accept4(socket_.native_handle(), nullptr, nullptr,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC);
      const int error = errno;
      if (descriptor >= 0)
        take(descriptor);
      else if (error == EAGAIN)
        break;
      else if (!runtime::detail::is_of_one_connection(error))
        return rest(error);
    }
    wait();
  }
  void take(int descriptor) {
    is_short_ = false;
    try {
      auto socket = adopt(home_, descriptor, protocol_);
      auto place = new_place();
      if (tls_ == nullptr)
        give(make_carrier(home_, std::move(socket)), std::move(place));
      else
        shake_hands(std::move(socket), std::move(place));
    } catch (const std::exception& thrown) { // memory: this peer is lost, others are not
      tell(std::string("a node's connection is dropped: ") + thrown.what());
    }
  }
  [[nodiscard]] stranger_place new_place() {
    stranger_place place(deadline_in(home_.now(), options_.stranger_limit),
                         [weak = weak_from_this()] {
                           if (const auto self = weak.lock())
                             self->lower();
                         });
    ++taken_;
    return place;
  }
  // Not from within who gives it back: to accept calls the owner.
  void lower() noexcept {
    --taken_;
    home_.guarded("accepting nodes", [this] { wait(); });
  }

  void shake_hands(tcp::socket socket, stranger_place place) {
    const auto going = std::make_shared<socket_handshake>(
        home_, accepting_stream(std::move(socket), *tls_), options_.stranger_limit);
    handshakes_.remove_if([](const auto& each) { return each.expired(); });
    handshakes_.push_back(going);
    going->begin([weak = weak_from_this(), held = std::make_shared<stranger_place>(
                                               std::move(place))](auto outcome) {
      if (const auto self = weak.lock())
        self->has_shaken_hands(std::move(outcome), std::move(*held));
    });
  }
  void has_shaken_hands(socket_handshake::outcome result, stranger_place place) {
    if (auto* const stream = std::get_if<std::unique_ptr<tls_stream>>(&result))
      give(make_carrier(home_, std::move(*stream)), std::move(place));
    else
      tell(std::get<std::string>(result));
  }
  void give(std::unique_ptr<carrier> peer, stranger_place place) {
    if (owner_ != nullptr)
      home_.guarded("a node that connects",
                    [&] { owner_->accepted(std::move(peer), std::move(place)); });
  }
  void tell(std::string why) {
    if (owner_ != nullptr)
      home_.guarded("a node that connects", [&] { owner_->troubled(std::move(why)); });
  }

  /// Until the program has descriptors or memory again.
  void rest(int error) {
    is_resting_ = true;
    rest_.expires_after(rest_time);
    rest_.async_wait([self = shared_from_this()](const asio::error_code&) {
      self->is_resting_ = false;
      self->wait();
    });
    if (!std::exchange(is_short_, true))
      tell("accepting nodes pauses: " + std::generic_category().message(error));
  }

  shard& home_;
  const listen_options options_;
  const std::shared_ptr<const tls_identity> tls_;
  listening::events* owner_; // null: stopped
  tcp::acceptor socket_;
  const std::uint16_t port_;
  const tcp protocol_;
  asio::steady_timer rest_;
  std::list<std::weak_ptr<socket_handshake>> handshakes_; // at most one for each place
  std::size_t taken_ = 0;                                 // places of strangers
  bool is_waiting_ = false;
  bool is_resting_ = false;
  bool is_short_ = false; // reported once per shortage
};

class socket_listening final : public listening {
public:
  explicit socket_listening(std::shared_ptr<listener> begun)
      : listener_(std::move(begun)) {}
  ~socket_listening() override { listener_->stop(); }
  [[nodiscard]] std::uint16_t port() const noexcept override { return listener_->port(); }

private:
  const std::shared_ptr<listener> listener_;
};

} // namespace

std::unique_ptr<listening> listen_on_socket(shard& home, const listen_options& options,
                                            std::shared_ptr<const tls_identity> tls,
                                            listening::events& owner) {
  const auto begun = std::make_shared<listener>(home, options, std::move(tls), owner);
  auto handle = std::make_unique<socket_listening>(begun);
  begun->wait();
  return handle;
}

} // namespace websock::runtime::distribution
