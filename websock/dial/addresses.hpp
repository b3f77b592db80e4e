// Addresses of sockets: of a name, of an address that is written out, of a Unix socket.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace websock {

struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

/// What a name led to: addresses, the best first, or why there are none.
struct found_addresses {
  std::vector<socket_address> addresses{}; // without a port
  std::string failure{};                   // for people, when there are none
};

/// Finds the addresses of a name, and may block.
using resolver = std::function<found_addresses(const std::string& host)>;

/// As the system finds them: nsswitch.conf, hosts, DNS, mDNS.
[[nodiscard]] found_addresses look_up(const std::string& host);

/// Of an address that is written out, with a zone or without, which needs no look-up.
/// Nothing when `host` is a name.
[[nodiscard]] std::optional<found_addresses> written_address(const std::string& host);

/// Throws std::invalid_argument for a path that is too long for a Unix socket.
[[nodiscard]] socket_address unix_address(const std::string& path);

/// RFC 8305 §4: in the order given, but the two families in turn, beginning with that of
/// the first. All with `port`, and not more than `most`.
[[nodiscard]] std::vector<socket_address> in_turn(std::vector<socket_address> found,
                                                  std::uint16_t port, std::size_t most);

} // namespace websock
