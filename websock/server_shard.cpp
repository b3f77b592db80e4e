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
#include <system_error>
#include <utility>

namespace websock {

server_shard::server_shard(server_core& core, runtime::shard& on)
    : core_(core), host_(
                       on, [&core] { core.door.dismiss(); }, &core.unsent) {
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
  if (is_closed_)
    return;
  make_room();
  try {
    auto& made = sessions_.emplace_back(core_, host_, std::move(socket),
                                        static_cast<http_session::owner&>(*this));
    made.place = std::prev(sessions_.end());
  } catch (const std::exception& failed) { // the kernel has no room for one more to watch
    core_.node.log(runtime::log_level::warning,
                   std::string("a connection is refused: ") + failed.what());
  }
}

// Whoever was served since the last look has a second chance, so that neither a download
// nor a client that keeps asking pays for those that say nothing.
void server_shard::make_room() {
  if (sessions_.size() < core_.handshakes_of_shard())
    return;
  for (auto looks = sessions_.size(); looks > 0 && sessions_.front().spend_chance();
       --looks)
    sessions_.splice(sessions_.end(), sessions_, sessions_.begin());
  sessions_.front().refuse();
  sessions_.pop_front();
}

void server_shard::close() {
  is_closed_ = true;
  for (auto& each : sessions_)
    each.refuse();
  sessions_.clear();
  lingering_.clear();
  host_.give_up();
}

void server_shard::finished(http_session& session) {
  std::list<http_session> gone; // destroyed last: the caller is one of its functions
  gone.splice(gone.begin(), sessions_, session.place);
}

void server_shard::linger(std::unique_ptr<transport> socket, std::string unsent) {
  if (lingering_.size() >= core_.handshakes_of_shard())
    lingering_.pop_front();
  const auto finished = [this](lingering_socket& ended) {
    std::list<lingering_socket> gone; // destroyed last: it is who calls
    gone.splice(gone.begin(), lingering_, ended.place);
  };
  try {
    auto& made = lingering_.emplace_back(host_.shard(), std::move(socket),
                                         std::move(unsent), ends_first::us, finished);
    made.place = std::prev(lingering_.end());
  } catch (const std::system_error& failed) { // no room for one more to watch
    core_.node.log(runtime::log_level::warning,
                   std::string("a connection is cut off: ") + failed.what());
  }
}

} // namespace websock
