// The sessions of one shard, by client: which ones wait, and which one makes room when
// there are too many.
#pragma once

#include "websock/http/client_group.hpp"
#include "websock/serve/http_session.hpp"

#include <cstddef>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

namespace websock {

/// Every function takes constant time, except for the second chances that
/// `longest_waiting` uses up: each was earned with a request.
class session_table {
public:
  /// Throws what the constructor of http_session throws.
  void add(http::client_group group, http_service& service, connection_host& host,
           std::unique_ptr<transport> socket, http_session::owner& owner);
  /// Moves a session whose client turned out to be another one, behind all others of that
  /// client.
  void move(http_session& session, http::client_group group);
  /// Removes it; it lives as long as the result.
  [[nodiscard]] std::list<http_session> take(http_session& session);
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t count(http::client_group group) const noexcept;
  /// Of the client with the most sessions, the one that has waited longest for a request.
  /// Must not be empty.
  [[nodiscard]] http_session& longest_waiting();
  /// The same for one client, which must have a session.
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
    std::list<http_session> sessions; // longest waiting first
  };
  using clients = std::list<client>;

  [[nodiscard]] clients::iterator client_for(http::client_group group);
  void put(clients::iterator into, std::list<http_session> one) noexcept;
  [[nodiscard]] clients& level(std::size_t count);
  [[nodiscard]] static http_session& longest_waiting(client& among);

  std::vector<clients> levels_; // by the client's number of sessions
  std::unordered_map<http::client_group, clients::iterator> by_group_;
  std::size_t most_ = 0; // the highest level that has a client
  std::size_t size_ = 0;
};

} // namespace websock
