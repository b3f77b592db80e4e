// Dialling: look-up, connect, TLS handshake, one deadline for all.
#include "socket_dial.hpp"

#include "../../process/shard.hpp"
#include "../../time/deadline.hpp"
#include "socket_carrier.hpp"
#include "socket_setup.hpp"
#include "tls_session.hpp"

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/ssl/stream_base.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

namespace {

using asio::ip::tcp;

/// Lives until its last operation has completed; `done_` is empty once it is over.
class attempt final : public std::enable_shared_from_this<attempt> {
private:
  /// A handler that runs `todo` unless the attempt is over by then; what it throws ends
  /// the attempt.
  template <class F>
  [[nodiscard]] auto step(F todo) {
    return [self = shared_from_this(), todo](auto&&... results) {
      if (!self->done_)
        return;
      try {
        todo(*self, std::forward<decltype(results)>(results)...);
      } catch (const std::exception& thrown) {
        self->fail(thrown.what());
      }
    };
  }

public:
  attempt(shard& home, dial_target target, std::shared_ptr<const tls_identity> tls,
          dialling::ready done)
      : home_(home), target_(std::move(target)), tls_(std::move(tls)),
        done_(std::move(done)), resolver_(home.io()), timer_(home.io()),
        end_(deadline_in(std::chrono::steady_clock::now(), target_.limit)) {}

  void begin() {
    asio::post(home_.io(), step([](attempt& self) { self.find_addresses(); }));
  }
  void cancel() noexcept {
    done_ = nullptr;
    shut();
  }

private:
  void find_addresses() {
    asio::error_code is_name;
    const auto address = asio::ip::make_address(target_.host, is_name);
    limit();
    if (!is_name) {
      addresses_ = {tcp::endpoint(address, target_.port)};
      return connect();
    }
    resolver_.async_resolve(target_.host, std::to_string(target_.port),
                            tcp::resolver::numeric_service,
                            step([](attempt& self, const asio::error_code& failed,
                                    const auto& found) { self.found(failed, found); }));
  }
  void found(const asio::error_code& failed, const tcp::resolver::results_type& all) {
    if (failed)
      return fail("the host cannot be looked up: " + failed.message());
    for (const auto& each : all)
      addresses_.push_back(each.endpoint());
    connect();
  }

  /// To the first address that is left.
  void connect() {
    limit();
    const auto to = addresses_.front();
    addresses_.erase(addresses_.begin());
    socket_.emplace(new_socket(home_, to));
    socket_->async_connect(to, step([to](attempt& self, const asio::error_code& failed) {
                             self.connected(to, failed);
                           }));
  }
  void connected(const tcp::endpoint& to, const asio::error_code& failed) {
    if (failed && !addresses_.empty())
      return connect();
    if (failed)
      return fail(to_text(to) + ": " + failed.message());
    addresses_.clear();
    limit();
    if (tls_ == nullptr)
      return finish(make_carrier(home_, std::move(*socket_)));
    stream_ = dialling_stream(
        std::move(*socket_), *tls_,
        target_.certificate_host.empty() ? target_.host : target_.certificate_host);
    stream_->async_handshake(asio::ssl::stream_base::client,
                             step([](attempt& self, const asio::error_code& broken) {
                               self.shook_hands(broken);
                             }));
  }
  void shook_hands(const asio::error_code& failed) {
    if (failed)
      return fail("TLS: " + tls_failure(failed, *stream_));
    finish(make_carrier(home_, std::move(stream_)));
  }

  /// Of several addresses each has its share of the time, so that one that does not
  /// answer does not use it up.
  void limit() {
    if (end_ == end_of_time)
      return;
    const auto left = end_ - std::chrono::steady_clock::now();
    const auto share =
        left / static_cast<int>(std::max<std::size_t>(addresses_.size(), 1));
    timer_.expires_after(share);
    timer_.async_wait([self = shared_from_this()](const asio::error_code& cancelled) {
      if (!cancelled)
        self->time_is_up();
    });
  }
  void time_is_up() {
    if (!done_ || timer_.expiry() > std::chrono::steady_clock::now())
      return; // it was armed again meanwhile
    asio::error_code ignored;
    if (!addresses_.empty() && socket_) // the connect ends, and the next begins
      socket_->close(ignored);
    else
      fail("no answer within "
           + std::to_string(
               std::chrono::duration_cast<std::chrono::milliseconds>(target_.limit)
                   .count())
           + " ms");
  }

  void fail(const std::string& why) {
    finish(
        dial_failed{target_.host + " port " + std::to_string(target_.port) + ": " + why});
  }
  void finish(dial_result result) {
    const auto done = std::exchange(done_, nullptr);
    shut();
    home_.guarded("who dials a node", [&] { done(std::move(result)); });
  }
  void shut() noexcept {
    asio::error_code ignored;
    resolver_.cancel();
    if (socket_)
      socket_->close(ignored);
    if (stream_)
      stream_->lowest_layer().close(ignored);
    try {
      timer_.cancel();
    } catch (...) { // it expires, to no effect
    }
  }

  shard& home_;
  const dial_target target_;
  const std::shared_ptr<const tls_identity> tls_;
  dialling::ready done_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  const time_point end_;
  std::vector<tcp::endpoint> addresses_; // not tried yet
  std::optional<tcp::socket> socket_;
  std::unique_ptr<tls_stream> stream_;
};

class socket_dialling final : public dialling {
public:
  explicit socket_dialling(std::shared_ptr<attempt> begun) : attempt_(std::move(begun)) {}
  ~socket_dialling() override { attempt_->cancel(); }

private:
  const std::shared_ptr<attempt> attempt_;
};

} // namespace

std::unique_ptr<dialling> dial_socket(shard& home, dial_target target,
                                      std::shared_ptr<const tls_identity> tls,
                                      dialling::ready done) {
  const auto begun =
      std::make_shared<attempt>(home, std::move(target), std::move(tls), std::move(done));
  auto handle = std::make_unique<socket_dialling>(begun);
  begun->begin();
  return handle;
}

} // namespace websock::runtime::distribution
