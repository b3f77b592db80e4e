// What a route answers: an HTTP response, or the upgrade to a WebSocket connection.
#pragma once

#include "websock/connection.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"
#include "websock/http/upgrade.hpp"
#include "websock/options.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace websock {

/// A handler's wish to upgrade a valid handshake. Whether it is granted (origin,
/// subprotocol, limits, a drain) is decided by the server that gets it.
struct upgrade_plan {
  http::upgrade_request offer;                    // views into the request
  std::shared_ptr<const upgrade_options> options; // null: those of the server
  behaviour_factory make;
};

namespace http {

/// The value of a route's handler. Every response is one; `websock::upgrade` makes the
/// other kind, which is why this part of http lives one ring further out.
class reply {
public:
  using variant = std::variant<response, upgrade_plan>;

  explicit(false) reply(response plain) : value_(std::move(plain)) {}
  explicit(false) reply(upgrade_plan plan) : value_(std::move(plan)) {}
  [[nodiscard]] variant& value() noexcept { return value_; }

private:
  variant value_;
};

} // namespace http

namespace detail {
[[nodiscard]] http::reply plan_upgrade(const http::request& request,
                                       std::shared_ptr<const upgrade_options> options,
                                       behaviour_factory make);

template <class... Args>
inline constexpr bool starts_with_options = false;
template <class First, class... Rest>
inline constexpr bool starts_with_options<First, Rest...> =
    std::is_same_v<
        std::decay_t<First>,
        upgrade_options> || std::is_same_v<std::decay_t<First>, checked_options>;

template <class T, class... Args>
[[nodiscard]] behaviour_factory make_factory(Args&&... args) {
  static_assert(std::derived_from<T, behaviour>, "T must derive from websock::behaviour");
  static_assert(std::is_constructible_v<T, const std::decay_t<Args>&...>,
                "T cannot be constructed from these arguments");
  return [... args = std::decay_t<Args>(std::forward<Args>(args))]()
             -> std::unique_ptr<behaviour> { return std::make_unique<T>(args...); };
}
} // namespace detail

/// Upgrades this request to a connection whose handler is `T(args...)`, made on the
/// connection's shard, with the options of the server (server_options::connection). A
/// request that is no valid handshake (RFC 6455 §4.2.1) gets the response that says so.
/// The reply refers to the request.
template <class T, class... Args>
requires(!detail::starts_with_options<Args...>) [[nodiscard]] http::reply
    upgrade(const http::request& request, Args&&... args) {
  return detail::plan_upgrade(request, nullptr,
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

/// The same with options of its own, which were made before: a copy of
/// `server::defaults()`, changed.
template <class T, class... Args>
[[nodiscard]] http::reply upgrade(const http::request& request,
                                  const checked_options& options, Args&&... args) {
  return detail::plan_upgrade(request, options.shared(),
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

/// The same with options made for this request, such as a cookie in `headers`; unset ones
/// are the library's defaults, not the server's. Throws std::invalid_argument for options
/// out of range.
template <class T, class... Args>
[[nodiscard]] http::reply upgrade(const http::request& request,
                                  const upgrade_options& options, Args&&... args) {
  return upgrade<T>(request, checked_options(options), std::forward<Args>(args)...);
}

} // namespace websock
