// What a route answers: an HTTP response, or the upgrade to a WebSocket connection.
#pragma once

#include "websock/connection.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"
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

/// A decided upgrade: the 101 and what the connection is made of.
struct upgrade_plan {
  std::shared_ptr<const upgrade_options> options;
  agreement agreed;
  behaviour_factory make;
  std::string response;
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
[[nodiscard]] http::reply decide_upgrade(const http::request& request,
                                         std::shared_ptr<const upgrade_options> options,
                                         behaviour_factory make);

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
/// connection's shard. A request that is no valid handshake (RFC 6455 §4.2.1) gets the
/// response that says so. Throws std::invalid_argument for options out of range.
template <class T, class... Args>
[[nodiscard]] http::reply upgrade(const http::request& request,
                                  const upgrade_options& options, Args&&... args) {
  validate(options);
  return detail::decide_upgrade(request, std::make_shared<const upgrade_options>(options),
                                detail::make_factory<T>(std::forward<Args>(args)...));
}

} // namespace websock
