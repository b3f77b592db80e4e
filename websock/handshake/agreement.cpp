// Picks each end's direction.
#include "websock/handshake/agreement.hpp"

namespace websock {

std::unique_ptr<protocol::message_inflater>
make_inflater(const agreement& agreed, protocol::deflate_pool& contexts) {
  if (!agreed.deflate)
    return nullptr;
  const auto& peer = agreed.self == protocol::role::server ? agreed.deflate->client
                                                           : agreed.deflate->server;
  return std::make_unique<protocol::message_inflater>(peer, contexts);
}

std::unique_ptr<protocol::message_deflater>
make_deflater(const agreement& agreed, const protocol::deflate_options& how,
              protocol::deflate_pool& contexts) {
  if (!agreed.deflate)
    return nullptr;
  const auto& own = agreed.self == protocol::role::server ? agreed.deflate->server
                                                          : agreed.deflate->client;
  return std::make_unique<protocol::message_deflater>(own, how, contexts);
}

} // namespace websock
