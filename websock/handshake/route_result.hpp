// The result of a route: an HTTP response, or the upgrade to a WebSocket connection.
#pragma once

#include "websock/handler/handler.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"
#include "websock/http/upgrade.hpp"
#include "websock/options/options.hpp"
#include "websock/options/route_options.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace websock {

/// A handler's request to upgrade a valid handshake. The server decides whether to grant
/// it (origin, subprotocol, limits, draining).
struct upgrade_plan {
  http::upgrade_request offer; // views into the request
  detail::wanted_options options;
  handler_factory make;
};

/// The value of a route's handler: a response, or what `upgrade` makes.
class route_result {
public:
  using variant = std::variant<http::response, upgrade_plan>;

  explicit(false) route_result(http::response plain) : value_(std::move(plain)) {}
  explicit(false) route_result(upgrade_plan plan) : value_(std::move(plan)) {}
  [[nodiscard]] variant& value() noexcept { return value_; }

private:
  variant value_;
};

/// Called on any shard, several at a time: it must not change shared state without care.
using route_handler = std::function<route_result(const http::request&)>;

namespace detail {
[[nodiscard]] route_result plan_upgrade(const http::request& request,
                                        wanted_options options, handler_factory make);

template <class T, class... Args>
[[nodiscard]] handler_factory make_factory(Args&&... args) {
  static_assert(std::derived_from<T, handler>, "T must derive from websock::handler");
  static_assert(std::is_constructible_v<T, const std::decay_t<Args>&...>,
                "T cannot be constructed from these arguments");
  return [... args = std::decay_t<Args>(std::forward<Args>(args))]()
             -> std::unique_ptr<handler> { return std::make_unique<T>(args...); };
}
} // namespace detail

/// Upgrades this request to a connection whose handler is `T(args...)`, constructed on
/// the connection's shard, with the server's options (server_options::connection). A
/// request that is not a valid handshake (RFC 6455 §4.2.1) gets the response that says
/// so. The reply refers to the request.
template <class T, class... Args>
requires(!detail::starts_with_options<Args...>) [[nodiscard]] route_result
    upgrade(const http::request& request, Args&&... args) {
  return detail::plan_upgrade(request, {},
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

/// The same with the server's options, changed for this request, for example by a cookie
/// in `headers`: `upgrade<T>(request, with([](upgrade_options& its) { ... }), args...)`.
/// The change runs when the server decides on the upgrade; if it throws, or an option is
/// out of range, the request gets 500 and a line is logged.
template <class T, class... Args>
[[nodiscard]] route_result upgrade(const http::request& request,
                                   const options_change& change, Args&&... args) {
  return detail::plan_upgrade(request, change,
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

/// The same with options that were changed earlier, once for all requests.
template <class T, class... Args>
[[nodiscard]] route_result upgrade(const http::request& request,
                                   const checked_options& options, Args&&... args) {
  return detail::plan_upgrade(request, options,
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

/// Does not compile: whole options, or `{}`, would drop the server's limits, timeouts and
/// origin policy.
template <class T, class... Args>
route_result upgrade(const http::request& request, const upgrade_options&, Args&&...) {
  static_assert(detail::replace_the_servers<T>,
                "options at a route change those of the server: pass "
                "websock::with([](websock::upgrade_options& options) { ... }), or "
                "websock::with() before an argument of the handler's own that is an "
                "upgrade_options");
  return detail::plan_upgrade(request, {}, {});
}

} // namespace websock
