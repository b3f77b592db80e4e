// Carriers on sockets.
#include "socket_network.hpp"

#include "socket_dial.hpp"
#include "socket_listener.hpp"

#include <utility>

namespace websock::runtime::distribution {

socket_network::socket_network(std::shared_ptr<const tls_identity> tls)
    : tls_(std::move(tls)) {
}

std::unique_ptr<dialling> socket_network::dial(shard& home, dial_target target,
                                               dialling::ready done) {
  return dial_socket(home, std::move(target), tls_, std::move(done));
}

std::unique_ptr<listening> socket_network::listen(shard& home,
                                                  const listen_options& options,
                                                  listening::events& owner) {
  return listen_on_socket(home, options, tls_, owner);
}

} // namespace websock::runtime::distribution
