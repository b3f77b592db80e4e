// Nodes joined within one process, for tests: nothing moves before the test says so, and
// connections break where it wants.
#pragma once

#include "../carrier/network.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace websock::runtime::distribution::testing {

/// A network of hosts by name, whose nodes are stepped by one thread: the one that calls
/// everything here. The same seed and program give the same schedule.
///
///     loopback net(seed);
///     cluster one(node_1, options_1, networks_at(net, "a")), two(node_2, ...);
///     net.run_until_idle(node_1, node_2);
///
/// Octets wait in the network until a `step` hands them to the other node, by
/// `shard::post` of the receiver's shard: so `received`, `has_room`, `closed`, `accepted`
/// and `ready` come as steps of the node that hears them, in the order of their posting.
///
/// Destroyed after all that it made.
class loopback {
public:
  explicit loopback(std::uint64_t seed = 0);
  ~loopback();
  loopback(const loopback&) = delete;
  loopback& operator=(const loopback&) = delete;

  /// How the host of that name reaches the others. Lives as long as this.
  [[nodiscard]] network& at(const std::string& host);
  /// Two carriers that are connected, without dialling.
  struct ends {
    std::unique_ptr<carrier> one;
    std::unique_ptr<carrier> other;
  };
  [[nodiscard]] ends join(const std::string& host, shard& home,
                          const std::string& other_host, shard& other_home);

  /// Hands over one piece, one dial or one loss that is due, of a connection drawn by the
  /// seed; where nothing is due yet, time passes. False when nothing is under way.
  bool step();
  /// Steps the network and the nodes in turn until none has work. Throws
  /// std::runtime_error when that does not come.
  template <class... Nodes>
  void run_until_idle(Nodes&... nodes) {
    for (std::size_t left = 10'000'000; left-- > 0;)
      if (static_cast<int>(step()) + (0 + ... + static_cast<int>(nodes.step())) == 0)
        return;
    throw_restless();
  }

  /// Loses each connection between these hosts with all that is under way; both ends hear
  /// `closed`. Until `heal` no dial between them succeeds.
  void cut(const std::string& host, const std::string& other);
  /// Keeps all that is under way between these hosts, without a word, until `heal` or
  /// `cut`; dials fail as if their time were up.
  void hold(const std::string& host, const std::string& other);
  /// Ends `cut` and `hold`: what was held moves on, new connections succeed.
  void heal(const std::string& host, const std::string& other);

  /// From now on octets arrive at the earliest this many steps after they were written.
  void delay(std::size_t steps) noexcept;
  /// From now on octets arrive in pieces of at most this size, whatever was written
  /// together; SIZE_MAX: as they were written.
  void pieces_of(std::size_t octets) noexcept;
  /// Once this many more octets have arrived, wherever, the connection that carried the
  /// last of them is cut there, as by the loss of a node.
  void cut_after(std::uint64_t octets) noexcept;
  /// Once this many more octets have arrived, nothing else does: what is sent vanishes,
  /// and nobody hears of it. Ends with `heal` for the hosts' next connections.
  void swallow_after(std::uint64_t octets) noexcept;

  /// Octets that have arrived since the beginning.
  [[nodiscard]] std::uint64_t arrived() const noexcept;
  /// Connections whose ends are both open.
  [[nodiscard]] std::size_t connections() const noexcept;

private:
  struct state;
  [[noreturn]] static void throw_restless();

  const std::unique_ptr<state> state_;
};

} // namespace websock::runtime::distribution::testing
