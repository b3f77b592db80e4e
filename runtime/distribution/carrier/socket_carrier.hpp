// A carrier on a connected socket, or on TLS above one.
#pragma once

#include "carrier.hpp"
#include "tls_session.hpp"

#include <asio/ip/tcp.hpp>

#include <memory>

namespace websock::runtime {
class shard;
}

namespace websock::runtime::distribution {

/// On a connected socket of `home`.
[[nodiscard]] std::unique_ptr<carrier> make_carrier(shard& home,
                                                    asio::ip::tcp::socket socket);
/// On a stream of `home` whose handshake is done.
[[nodiscard]] std::unique_ptr<carrier> make_carrier(shard& home,
                                                    std::unique_ptr<tls_stream> stream);

} // namespace websock::runtime::distribution
