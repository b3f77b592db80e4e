// The options of a route's connections: the server's, possibly changed for the route.
// They cannot be built from scratch, so everything that a route does not change stays as
// in the server.
#pragma once

#include "websock/options/options.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace websock {

/// How a route's options differ from its server's. Made by `with`.
class options_change {
public:
  explicit options_change(std::function<void(upgrade_options&)> change)
      : change_(std::move(change)) {}

  /// A changed copy of `base`. Rethrows what the change throws, and throws
  /// std::invalid_argument for the first option out of range.
  [[nodiscard]] std::shared_ptr<const upgrade_options>
  applied_to(const upgrade_options& base) const;

private:
  std::function<void(upgrade_options&)> change_;
};

/// The server's options, changed by `change`, which is called with a copy of them.
template <std::copy_constructible Change>
requires std::invocable<Change&, upgrade_options&>
[[nodiscard]] options_change with(Change change) {
  return options_change(std::move(change));
}
/// The server's options unchanged: for use before a handler argument whose own type is
/// upgrade_options.
[[nodiscard]] options_change with();

/// Options that are changed and validated once and shared by all connections that use
/// them: for a route's handler, which would otherwise do so for each request.
class checked_options {
public:
  /// A changed copy of `base`, such as `server::defaults()`. Throws std::invalid_argument
  /// for the first option out of range.
  checked_options(const upgrade_options& base, const options_change& change)
      : options_(change.applied_to(base)) {}

  [[nodiscard]] const std::shared_ptr<const upgrade_options>& shared() const noexcept {
    return options_;
  }

private:
  std::shared_ptr<const upgrade_options> options_;
};

namespace detail {

/// What an upgrade asks for: the server's options, changed ones, or checked ones.
using wanted_options = std::variant<std::monostate, options_change, checked_options>;

/// The resulting options, where `defaults` are the server's. Throws like options_change.
[[nodiscard]] std::shared_ptr<const upgrade_options>
resolve(wanted_options wanted, const std::shared_ptr<const upgrade_options>& defaults);

template <class... Args>
inline constexpr bool starts_with_options = false;
template <class First, class... Rest>
inline constexpr bool starts_with_options<First, Rest...> =
    std::is_same_v<
        std::decay_t<First>,
        upgrade_options> || std::is_same_v<std::decay_t<First>, options_change> || std::is_same_v<std::decay_t<First>, checked_options>;

/// True for plain options or `{}` in place of a change to the server's.
template <class... Args>
inline constexpr bool replace_the_servers = false;

} // namespace detail

} // namespace websock
