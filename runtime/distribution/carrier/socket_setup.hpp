// Sockets that no child process inherits, from the start, which Asio's own are not.
#pragma once

#include <asio/ip/tcp.hpp>

#include <string>

namespace websock::runtime {
class shard;
}

namespace websock::runtime::distribution {

/// A socket that does not block, for `endpoint`'s kind of address. Throws
/// std::system_error.
[[nodiscard]] asio::ip::tcp::socket new_socket(shard& home,
                                               const asio::ip::tcp::endpoint& endpoint);
/// One that listens; throws std::system_error that names address and port.
[[nodiscard]] asio::ip::tcp::acceptor
new_listening_socket(shard& home, const asio::ip::tcp::endpoint& endpoint);
/// Takes an accepted, non-blocking descriptor over, even if it throws.
[[nodiscard]] asio::ip::tcp::socket adopt(shard& home, int descriptor,
                                          const asio::ip::tcp& protocol);
/// Sends at once, and leaves it to ticks to notice a dead peer.
void set_up(asio::ip::tcp::socket::lowest_layer_type& socket);
/// The other end, or words where it has gone already.
[[nodiscard]] std::string peer_of(asio::ip::tcp::socket::lowest_layer_type& socket);
/// "10.0.0.8:4370", "[::1]:4370".
[[nodiscard]] std::string to_text(const asio::ip::tcp::endpoint& endpoint);

} // namespace websock::runtime::distribution
