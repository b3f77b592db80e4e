// What a server adds to the metrics of its node, and the route that shows them.
#pragma once

#include "websock/connection/departure.hpp"
#include "websock/handshake/route_action.hpp"
#include "websock/http/request.hpp"
#include "websock/runtime/metrics/metric_source.hpp"
#include "websock/runtime/metrics/metric_text.hpp"
#include "websock/serve/http_route.hpp"

#include <memory>

namespace websock {

class server_sockets;

/// While the result lives, the figures of a server are among the metrics of its node.
[[nodiscard]] std::unique_ptr<runtime::metric_source>
metrics_of(const std::shared_ptr<server_sockets>& its);

/// Answers with the metrics of the node, in the format that the request prefers.
[[nodiscard]] route_action metrics_route();

/// OpenMetrics where the header Accept has it, and does not prefer plain text.
[[nodiscard]] runtime::metric_format wanted_format(const http::request& request);

/// Counts a connection of `route` until `leaving` is destroyed.
[[nodiscard]] departure visit(const http_route& route, departure leaving);

} // namespace websock
