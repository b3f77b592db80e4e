// From the request of a client to its connection, or to a refusal.
#pragma once

#include "websock/channels/envelope/json.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/channels/socket/endpoint.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/http/origin.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"
#include "websock/options/options.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace websock::channels {

/// The query of a request; empty if it has none.
[[nodiscard]] std::string_view query_of(const http::request& request);

/// Whether the page that makes this request may not connect.
[[nodiscard]] bool is_foreign(const http::origin_policy& policy,
                              const http::request& request);

/// A client that may connect.
struct connected {
  std::shared_ptr<const channel_socket> socket;
  serializer how;
};

/// Decides on a client, by the version that it wants and by `connect` of its socket,
/// which may throw. `params` are those of its URL. Otherwise what a WebSocket's request
/// is answered with.
[[nodiscard]] std::variant<connected, http::response>
connect(const endpoint& of, const http::request& request, const json& params,
        std::optional<std::string> auth_token);

/// The options of the connections of `of`, where `server` has those of the others. Throws
/// std::invalid_argument for an option out of range.
[[nodiscard]] checked_options connection_options(const endpoint& of,
                                                 const upgrade_options& server);

/// The route of `of`: checks the request in the order of Phoenix (origin, token,
/// subprotocols, version), and asks `connect` of the socket then.
[[nodiscard]] route_handler make_route(std::shared_ptr<const endpoint> of,
                                       const checked_options& options);

} // namespace websock::channels
