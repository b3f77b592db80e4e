// The part of a server that lives on one shard.
#include "websock/server_shard.hpp"

#include "runtime/node.hpp"
#include "websock/proxied_transport.hpp"
#include "websock/server_core.hpp"
#include "websock/socket_transport.hpp"
#include "websock/tls_transport.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace websock {

server_shard::server_shard(server_core& core, runtime::shard& on)
    : core_(core), host_(on, [&core] { core.dismiss(); }) {
}

void server_shard::accept(int descriptor) {
  std::unique_ptr<transport> socket =
      std::make_unique<socket_transport>(descriptor, shard().sockets());
  try {
    if (core_.options.proxy_protocol == proxy_protocol::required)
      socket = std::make_unique<proxied_transport>(std::move(socket),
                                                   core_.options.max_proxy_header);
    if (core_.tls)
      socket = std::make_unique<tls_transport>(shard(), std::move(socket),
                                               core_.tls->new_session());
    accept(std::move(socket));
  } catch (const std::exception& failed) { // no memory for a session
    core_.node.log(runtime::log_level::warning,
                   std::string("a connection is refused: ") + failed.what());
  }
}

void server_shard::accept(std::unique_ptr<transport> socket) {
  if (is_draining_)
    return;
  auto where = std::make_shared<std::list<http_session>::iterator>();
  try {
    *where = sessions_.emplace(sessions_.end(), core_, host_, std::move(socket),
                               [this, where] { finished(*where); });
  } catch (const std::exception& failed) { // the kernel has no room for one more to watch
    core_.node.log(runtime::log_level::warning,
                   std::string("a connection is refused: ") + failed.what());
  }
}

void server_shard::finished(std::list<http_session>::iterator where) {
  std::list<http_session> gone; // destroyed last: the caller is one of its functions
  gone.splice(gone.begin(), sessions_, where);
}

void server_shard::drain(std::uint16_t code, std::function<void()> done) {
  is_draining_ = true;
  sessions_.clear();
  host_.drain(code, std::move(done));
}

} // namespace websock
