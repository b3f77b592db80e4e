// The sessions of one shard by client: who waits, and who makes room when too many do.
#pragma once

#include "websock/http/client_group.hpp"
#include "websock/serve/http_session.hpp"

#include <cstddef>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

namespace websock {

/// Every function takes constant time, but for the second chances that `longest_waiting`
/// spends: each of them was earned with a request.
class session_table {
public:
  /// Throws what the constructor of http_session throws.
  void add(http::client_group group, http_service& service, connection_host& host,
           std::unique_ptr<transport> socket, http_session::owner& owner);
  /// The session is of another client than it seemed: it is the last of those to wait.
  void move(http_session& session, http::client_group group);
  /// Takes it out; it lives as long as the result.
  [[nodiscard]] std::list<http_session> take(http_session& session);
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t count(http::client_group group) const noexcept;
  /// Of the client that has most sessions, the one that has waited longest for a request.
  /// Not when empty.
  [[nodiscard]] http_session& longest_waiting();
  /// The same of one client that has a session.
  [[nodiscard]] http_session& longest_waiting(http::client_group group);

  template <class Function>
  void for_each(Function function) {
    for (auto& level : levels_)
      for (auto& each : level)
        for (auto& session : each.sessions)
          function(session);
  }

private:
  struct client {
    http::client_group group;
    std::list<http_session> sessions; // those that have waited longest in front
  };
  using clients = std::list<client>;

  [[nodiscard]] clients::iterator client_for(http::client_group group);
  void put(clients::iterator into, std::list<http_session> one) noexcept;
  [[nodiscard]] clients& level(std::size_t count);
  [[nodiscard]] static http_session& longest_waiting(client& among);

  std::vector<clients> levels_; // by how many sessions each client has
  std::unordered_map<http::client_group, clients::iterator> by_group_;
  std::size_t most_ = 0; // the highest level with a client
  std::size_t size_ = 0;
};

} // namespace websock
