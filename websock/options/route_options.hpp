// The options of a route's connections: those of the server, or those changed for the
// route. There is no way to write them from nothing: what a route does not name stays as
// the server has it.
#pragma once

#include "websock/options/options.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace websock {

/// What a route has otherwise than its server. Made by `with`.
class options_change {
public:
  explicit options_change(std::function<void(upgrade_options&)> change)
      : change_(std::move(change)) {}

  /// `base`, changed. Throws what the change throws, and std::invalid_argument for the
  /// first option out of range.
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
/// The server's options as they are: before an argument of the handler that is itself of
/// the type upgrade_options.
[[nodiscard]] options_change with();

/// Options that were changed and validated once and are shared by all connections made
/// with them: for a route's handler, which would do it again at each request.
class checked_options {
public:
  /// A copy of `base`, such as `server::defaults()`, changed. Throws
  /// std::invalid_argument for the first option out of range.
  checked_options(const upgrade_options& base, const options_change& change)
      : options_(change.applied_to(base)) {}

  [[nodiscard]] const std::shared_ptr<const upgrade_options>& shared() const noexcept {
    return options_;
  }

private:
  std::shared_ptr<const upgrade_options> options_;
};

namespace detail {

/// What an upgrade asks for: the server's options, changed ones, ready ones.
using wanted_options = std::variant<std::monostate, options_change, checked_options>;

/// What comes of it where `defaults` are the server's. Throws as options_change.
[[nodiscard]] std::shared_ptr<const upgrade_options>
resolve(wanted_options wanted, const std::shared_ptr<const upgrade_options>& defaults);

template <class... Args>
inline constexpr bool starts_with_options = false;
template <class First, class... Rest>
inline constexpr bool starts_with_options<First, Rest...> =
    std::is_same_v<
        std::decay_t<First>,
        upgrade_options> || std::is_same_v<std::decay_t<First>, options_change> || std::is_same_v<std::decay_t<First>, checked_options>;

/// Plain options, or `{}`, where the server's are changed.
template <class... Args>
inline constexpr bool replace_the_servers = false;

} // namespace detail

} // namespace websock
