// What all shards of a server share: routes, options, certificates, and the admission of
// new connections.
#pragma once

#include "websock/handshake/admission.hpp"
#include "websock/http/request.hpp"
#include "websock/http/router.hpp"
#include "websock/metrics/route_figures.hpp"
#include "websock/options/options.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/serve/body_budget.hpp"
#include "websock/serve/http_route.hpp"
#include "websock/tls/tls_context.hpp"
#include "websock/transport/unsent_total.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace websock {

/// Immutable while the server runs, except for the admission and the counters.
struct http_service {
  static constexpr std::size_t handshakes_per_shard = 1'024;

  http_service(runtime::node& of, server_options given)
      : node(of), options(std::move(given)),
        door(options.connection, options.max_connections, of.shard_count(),
             options.retry_after,
             [&of](const std::string& line) {
               of.log(runtime::log_level::warning, line);
             }),
        bodies(std::make_shared<body_budget>(options.max_body_bytes)),
        tls(options.tls ? std::make_unique<tls_context>(*options.tls) : nullptr) {}

  runtime::node& node;
  const server_options options;
  http::router<http_route> routes;
  std::vector<std::shared_ptr<route_figures>> patterns; // of the routes, each once
  bool is_metered = false;                              // set before the start
  admission door;
  unsent_total unsent;
  const std::shared_ptr<body_budget> bodies; // a request's process may outlive the server
  std::atomic<std::uint64_t> bodies_refused{0};
  std::atomic<std::uint64_t> handshakes_evicted{0};
  const std::unique_ptr<tls_context> tls; // null without TLS options

  /// One shard's share of max_handshakes.
  [[nodiscard]] std::size_t handshakes_of_shard() const noexcept {
    const std::size_t shards = node.shard_count();
    return options.max_handshakes == 0 ? handshakes_per_shard
                                       : (options.max_handshakes + shards - 1) / shards;
  }
  /// One shard's share of max_handshakes_per_address.
  [[nodiscard]] std::size_t handshakes_of_address() const noexcept {
    const std::size_t shards = node.shard_count();
    return options.max_handshakes_per_address == 0
               ? (handshakes_of_shard() + 1) / 2
               : (options.max_handshakes_per_address + shards - 1) / shards;
  }
};

} // namespace websock
