// A connection on a real socket, on a shard that the test steps.
#pragma once

#include "websock/connection/connection_host.hpp"
#include "websock/connection/connection_process.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/transport/socket_transport.hpp"

#include "tests/catch.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

namespace tests {

/// The connection runs a `Handler(args...)`; the test is its peer.
template <class Handler>
struct socket_connection {
  template <class... Args>
  explicit socket_connection(
      const websock::upgrade_options& options = {}, const websock::agreement& agreed = {},
      runtime::reactor_kind reactor = runtime::reactor_kind::automatic, Args&&... args)
      : node(1, {.shards = 1, .pool_threads = 1, .reactor = reactor}) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    peer = ends[0];
    end = ends[1];
    websock::connection_setup setup{
        &host,
        std::make_unique<websock::socket_transport>(ends[1], shard.sockets()),
        std::make_shared<const websock::upgrade_options>(options),
        websock::detail::make_factory<Handler>(std::forward<Args>(args)...),
        {},
        {},
        host.expect(),
        agreed};
    pid = node.node().template spawn_on<websock::connection_process>(0, std::move(setup));
    node.run_until_idle();
  }
  ~socket_connection() {
    ::close(peer);
    shard.post([this](runtime::shard&) { host.give_up(); });
    node.run_until_idle();
  }
  socket_connection(const socket_connection&) = delete;
  socket_connection& operator=(const socket_connection&) = delete;

  /// Sends these octets from the peer; the shard does not run yet.
  void send(std::string_view octets) const {
    REQUIRE(::send(peer, octets.data(), octets.size(), 0)
            == static_cast<ssize_t>(octets.size()));
  }
  /// Fills the connection's send buffer, ahead of what the connection sends. Returns how
  /// much the kernel accepted.
  [[nodiscard]] std::size_t fill() const {
    std::size_t sum = 0;
    for (const std::size_t size : {4'096U, 1U}) {
      const std::string octets(size, '-');
      while (::send(end, octets.data(), size, 0) > 0)
        sum += size;
    }
    return sum;
  }
  /// What the peer has received.
  [[nodiscard]] std::string answer() const {
    std::array<char, 65'536> buffer;
    const auto size = ::recv(peer, buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
  }

  runtime::testing::stepped_node node;
  runtime::shard& shard = node.node().shard_at(0);
  websock::connection_host host{shard};
  runtime::pid pid;
  int peer = -1;
  int end = -1; // the connection's end, which the connection closes
};

} // namespace tests
