// TLS between two nodes: streams from an identity, and what their certificates say.
#pragma once

#include "carrier.hpp"
#include "tls_identity.hpp"

#include <asio/error_code.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>

#include <memory>
#include <string>

namespace websock::runtime::distribution {

struct tls_identity::loaded {
  asio::ssl::context context{asio::ssl::context::tls}; // both directions
};

using tls_stream = asio::ssl::stream<asio::ip::tcp::socket>;

/// For a peer that has connected to us.
[[nodiscard]] std::unique_ptr<tls_stream> accepting_stream(asio::ip::tcp::socket socket,
                                                           const tls_identity& self);
/// For a peer whose certificate must name `host`. Throws std::invalid_argument for what
/// is neither a DNS name nor an address.
[[nodiscard]] std::unique_ptr<tls_stream> dialling_stream(asio::ip::tcp::socket socket,
                                                          const tls_identity& self,
                                                          const std::string& host);
/// As `carrier::peer_certificate_names`, after the handshake.
[[nodiscard]] certificate_check certificate_names(tls_stream& stream,
                                                  const std::string& host);
/// Tells a peer that has begun without TLS that this end speaks it, as OpenSSL does not.
void answer_without_tls(const asio::error_code& failed, tls_stream& stream) noexcept;
/// Why a handshake or a read failed, for people.
[[nodiscard]] std::string tls_failure(const asio::error_code& failed, tls_stream& stream);

} // namespace websock::runtime::distribution
