// One shard's part of a server: its sessions and connections.
#pragma once

#include "websock/connection/connection_host.hpp"
#include "websock/http/date.hpp"
#include "websock/serve/http_session.hpp"
#include "websock/serve/session_table.hpp"
#include "websock/transport/lingering_sockets.hpp"
#include "websock/transport/output_backlog.hpp"
#include "websock/transport/owned_descriptor.hpp"
#include "websock/transport/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace websock {

struct http_service;

/// Used only on its shard.
class server_shard final : private http_session::owner {
public:
  server_shard(http_service& service, runtime::shard& on);

  /// Takes over an accepted socket, behind a proxy and under TLS as the options say.
  /// Drops it once closed. When the limit on sessions is reached, evicts one of the
  /// client with the most sessions: the one that has waited longest for a request.
  void accept(owned_descriptor accepted);
  void accept(std::unique_ptr<transport> socket);
  /// Ends all sessions; those in the middle of a request get 503.
  void close();
  [[nodiscard]] connection_host& host() noexcept { return host_; }
  [[nodiscard]] runtime::shard& shard() const noexcept { return host_.shard(); }
  [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }

private:
  void finished(http_session& session) override;
  void linger(std::unique_ptr<transport> socket, std::string unsent) override {
    lingering_.add(std::move(socket), output_backlog(std::move(unsent)));
  }
  void heard_from(http_session& session) override;
  [[nodiscard]] std::string_view date() override;
  /// Makes room for one more session of `client`.
  void make_room(http::client_group client);
  [[nodiscard]] http::client_group client_of(const transport& socket) const;
  void make_room_among(http::client_group client);
  void evict(http_session& session);

  http_service& service_;
  connection_host host_;
  http::date_header date_;
  session_table sessions_;
  // Sockets of refused requests and of last responses, bounded by the session limit.
  // Separate from those of connections, since no drain waits for them.
  lingering_sockets lingering_;
  bool is_closed_ = false;
};

} // namespace websock
