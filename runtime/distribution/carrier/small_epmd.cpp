// Serves epmd's clients.
#include "small_epmd.hpp"

#include "../../process/shard.hpp"
#include "../../time/deadline.hpp"
#include "../../time/timer.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace websock::runtime::distribution {

namespace {

// As carriers spell their peers.
[[nodiscard]] epmd_origin origin_of(const std::string& peer) {
  const bool is_here = peer.starts_with("127.") || peer.starts_with("[::1]:")
                       || peer.starts_with("[::ffff:127.");
  return is_here ? epmd_origin::local : epmd_origin::remote;
}

// Two lives of an epmd must not give the same creations to two lives of a node.
[[nodiscard]] std::uint32_t creation_by_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

} // namespace

class small_epmd::server final : private listening::events {
public:
  server(shard& home, network& sockets, const small_epmd_options& options)
      : home_(home), limit_(options.limit),
        socket_(sockets.listen(home,
                               {.address = options.address,
                                .port = options.port,
                                .most_strangers = options.most_askers},
                               *this)),
        registry_(socket_->port(),
                  options.creation == 0 ? creation_by_clock() : options.creation,
                  options.limits) {}

  [[nodiscard]] std::uint16_t port() const noexcept { return socket_->port(); }
  [[nodiscard]] std::size_t size() const noexcept { return registry_.names(); }

private:
  class client;

  void accepted(std::unique_ptr<carrier> peer, stranger_place place) override;
  void troubled(std::string) override {} // it goes on by itself
  void forget(epmd_registry::socket gone) {
    registry_.close(gone);
    clients_.erase(gone);
  }

  shard& home_;
  const duration limit_;
  const std::unique_ptr<listening> socket_;
  epmd_registry registry_;
  std::map<epmd_registry::socket, std::unique_ptr<client>> clients_;
};

/// One socket. Destroys itself by `forget`, which is the last thing it calls.
class small_epmd::server::client final : private carrier::events, private timer {
public:
  client(server& owner, epmd_registry::socket number, std::unique_ptr<carrier> peer,
         stranger_place place)
      : owner_(owner), number_(number), peer_(std::move(peer)), place_(std::move(place)) {
    peer_->start(*this);
    owner_.home_.timers().arm(*this, deadline_in(owner_.home_.now(), owner_.limit_));
  }
  ~client() override { owner_.home_.timers().disarm(*this); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

private:
  void received(std::string_view octets) override {
    auto reply = owner_.registry_.feed(number_, octets);
    peer_->write(std::move(reply.output));
    if (reply.next == epmd_next::keep) {
      owner_.home_.timers().disarm(*this);
      place_.give_back();
    } else if (reply.next == epmd_next::close) {
      peer_->finish();
      owner_.forget(number_);
    }
  }
  void has_room() override {}
  void closed(std::string) override { owner_.forget(number_); }
  void expire(time_point) override { owner_.forget(number_); }

  server& owner_;
  const epmd_registry::socket number_;
  const std::unique_ptr<carrier> peer_;
  stranger_place place_;
};

void small_epmd::server::accepted(std::unique_ptr<carrier> peer, stranger_place place) {
  if (const auto number = registry_.open(origin_of(peer->peer_address())))
    clients_.emplace(*number, std::make_unique<client>(*this, *number, std::move(peer),
                                                       std::move(place)));
}

small_epmd::small_epmd(shard& home, network& sockets, const small_epmd_options& options)
    : server_(std::make_unique<server>(home, sockets, options)) {
}

small_epmd::~small_epmd() = default;

std::uint16_t small_epmd::port() const noexcept {
  return server_->port();
}

std::size_t small_epmd::size() const noexcept {
  return server_->size();
}

} // namespace websock::runtime::distribution
