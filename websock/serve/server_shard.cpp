// One shard's part of a server.
#include "websock/serve/server_shard.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/serve/http_service.hpp"
#include "websock/tls/tls_transport.hpp"
#include "websock/transport/counted_transport.hpp"
#include "websock/transport/proxied_transport.hpp"
#include "websock/transport/socket_transport.hpp"

#include <cassert>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace websock {

namespace {
constexpr std::string_view refused = "a connection is refused";
}

server_shard::server_shard(http_service& service, runtime::shard& on)
    : service_(service), host_(
                             on, [&service] { service.door.dismiss(); }, &service.unsent),
      lingering_(on, service.handshakes_of_shard(), service.unsent) {
}

void server_shard::accept(owned_descriptor accepted) {
  try {
    std::unique_ptr<transport> socket =
        std::make_unique<socket_transport>(accepted.get(), shard().sockets());
    static_cast<void>(accepted.take()); // the socket owns it now
    socket = counted(shard(), std::move(socket));
    if (service_.options.proxy_protocol == proxy_protocol::required)
      socket = std::make_unique<proxied_transport>(std::move(socket),
                                                   service_.options.max_proxy_header);
    if (service_.tls)
      socket = std::make_unique<tls_transport>(shard(), std::move(socket),
                                               service_.tls->new_session());
    accept(std::move(socket));
  } catch (...) { // out of memory for a session
    service_.node.log_thrown(refused, runtime::log_level::warning);
  }
}

void server_shard::accept(std::unique_ptr<transport> socket) {
  assert(shard().is_accessible() && "a part of a server is used on its shard only");
  if (is_closed_)
    return;
  try {
    const auto client = client_of(*socket);
    make_room(client);
    sessions_.add(client, service_, host_, std::move(socket), *this);
  } catch (...) { // out of memory, or the kernel has no room to watch another socket
    service_.node.log_thrown(refused, runtime::log_level::warning);
  }
}

// A proxy does not count as a client: it speaks for many.
http::client_group server_shard::client_of(const transport& socket) const {
  return service_.options.proxy_protocol == proxy_protocol::required
             ? http::client_group::nobody
             : http::client_group_of(socket.peer_name());
}

void server_shard::heard_from(http_session& session) {
  if (service_.options.proxy_protocol == proxy_protocol::off)
    return;
  const auto client = http::client_group_of(session.peer_name());
  if (client == session.client)
    return;
  make_room_among(client);
  sessions_.move(session, client);
}

std::string_view server_shard::date() {
  return date_.at(std::chrono::system_clock::now());
}

void server_shard::make_room(http::client_group client) {
  make_room_among(client);
  if (sessions_.size() >= service_.handshakes_of_shard())
    evict(sessions_.longest_waiting());
}

void server_shard::make_room_among(http::client_group client) {
  if (client != http::client_group::nobody
      && sessions_.count(client) >= service_.handshakes_of_address())
    evict(sessions_.longest_waiting(client));
}

void server_shard::evict(http_session& session) {
  service_.handshakes_evicted.fetch_add(1, std::memory_order_relaxed);
  session.refuse();
  static_cast<void>(sessions_.take(session));
}

void server_shard::close() {
  assert(shard().is_accessible() && "a part of a server is used on its shard only");
  is_closed_ = true;
  sessions_.for_each([this](http_session& each) {
    shard().guarded("the end of a server", [&] { each.refuse(); });
  });
  sessions_.clear();
  lingering_.clear();
  host_.give_up();
}

void server_shard::finished(http_session& session) {
  // Destroyed last: the caller is a member function of this session.
  const auto gone = sessions_.take(session);
}

} // namespace websock
