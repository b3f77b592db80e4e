// What all parts of one server share: its routes, its options and its count of
// connections.
#pragma once

#include "websock/http/request.hpp"
#include "websock/http/router.hpp"
#include "websock/options.hpp"
#include "websock/reply.hpp"
#include "websock/tls_context.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

namespace runtime {
class node;
}

namespace websock {

/// Called on any shard, several at a time: it must not change shared state without care.
using route_handler = std::function<http::reply(const http::request&)>;

/// Immutable while the server runs, but for the count.
struct server_core {
  runtime::node& node;
  server_options options;
  std::unique_ptr<tls_context> tls{}; // when the options have it
  http::router<route_handler> routes{};
  std::size_t max_connections = 0;
  std::atomic<std::size_t> connections{0}; // upgraded ones

  /// One more connection, unless there are as many as there may be.
  [[nodiscard]] bool admit() noexcept {
    if (connections.fetch_add(1, std::memory_order_relaxed) < max_connections)
      return true;
    connections.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  void dismiss() noexcept { connections.fetch_sub(1, std::memory_order_relaxed); }
};

} // namespace websock
