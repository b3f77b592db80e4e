// Socket addresses: from a name, from an address as text, or from a Unix path.
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

/// The addresses of a name, best first, or why there are none.
struct found_addresses {
  std::vector<socket_address> addresses{}; // without a port
  std::string failure{};                   // for people, if there are none
};

/// Finds the addresses of a name; may block.
using resolver = std::function<found_addresses(const std::string& host)>;

/// Uses the system's sources: nsswitch.conf, hosts, DNS, mDNS.
[[nodiscard]] found_addresses look_up(const std::string& host);

/// Parses an address, with or without a zone, which needs no lookup. Empty if `host` is a
/// name.
[[nodiscard]] std::optional<found_addresses> written_address(const std::string& host);

/// Throws std::invalid_argument if the path is too long for a Unix socket.
[[nodiscard]] socket_address unix_address(const std::string& path);

/// RFC 8305 §4: keeps the order but alternates between the two address families, starting
/// with that of the first. Sets `port` in all, and returns at most `most`.
[[nodiscard]] std::vector<socket_address> in_turn(std::vector<socket_address> found,
                                                  std::uint16_t port, std::size_t most);

} // namespace websock
