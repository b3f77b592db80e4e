// What an epmd knows and answers, for hosts where none runs: names, their ports, their
// creations. Its owner listens, and tells it what comes on which socket.
#pragma once

#include "epmd_messages.hpp"
#include "short_packets.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

struct epmd_limits {
  std::size_t sockets =
      1'024;                  // open at the same time, those of registered nodes included
  std::size_t names = 512;    // less than `sockets`, so that there is room for questions
  std::size_t octets = 1'024; // of a request
};

enum class epmd_origin {
  local,  // from this host
  remote, // may ask, but not register
};

/// What becomes of the socket.
enum class epmd_next {
  wait,  // for the rest of the request; its owner gives it a deadline
  keep,  // it holds the name of a node, for as long as it is open
  close, // once the output is sent
};

struct epmd_reply {
  std::string output;
  epmd_next next = epmd_next::wait;
};

/// The table and its sockets. Neither copied nor shared between threads.
class epmd_registry {
public:
  using socket = std::uint64_t;

  /// `port` is the one that its owner listens on. Creations count up from `creation`.
  explicit epmd_registry(std::uint16_t port, std::uint32_t creation,
                         epmd_limits limits = {});
  epmd_registry(const epmd_registry&) = delete;
  epmd_registry& operator=(const epmd_registry&) = delete;

  /// A socket that was accepted; none if there are too many, and it is to be closed.
  [[nodiscard]] std::optional<socket> open(epmd_origin from);
  /// Octets from an open socket, cut anywhere. On `close` it counts as closed already.
  [[nodiscard]] epmd_reply feed(socket from, std::string_view octets);
  /// The socket has ended, and with it the name that it held. Does nothing for one that
  /// is closed.
  void close(socket ended);

  /// A node by what stands before its @; null if there is none. Valid until the next
  /// call.
  [[nodiscard]] const epmd_node* find(std::string_view name) const;
  [[nodiscard]] std::size_t sockets() const noexcept { return sockets_.size(); }
  [[nodiscard]] std::size_t names() const noexcept { return nodes_.size(); }

private:
  struct connection {
    epmd_origin from;
    detail::short_packets packets;
    std::string name; // that it holds
  };

  [[nodiscard]] epmd_reply answer(connection& to, std::string_view message);
  [[nodiscard]] epmd_reply answer_to(connection& to, const epmd_alive_request& request);
  [[nodiscard]] epmd_reply answer_to(connection& to,
                                     const epmd_port_request& request) const;
  [[nodiscard]] epmd_reply answer_to(connection& to,
                                     const epmd_names_request& request) const;
  [[nodiscard]] std::uint32_t next_creation() noexcept;

  std::uint16_t port_;
  std::uint32_t creation_;
  epmd_limits limits_;
  socket last_ = 0;
  std::map<socket, connection> sockets_;
  std::map<std::string, epmd_node, std::less<>> nodes_;
};

} // namespace websock::runtime::distribution
