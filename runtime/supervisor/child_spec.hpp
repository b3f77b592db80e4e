// What a supervisor knows about a child: how to start it, when to restart it, how to stop
// it.
#pragma once

#include "../process/process.hpp"
#include "../time/clock.hpp"
#include "../time/deadline.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace websock::runtime {

/// When a child that has exited is restarted.
enum class restart_type : std::uint8_t {
  permanent, // always
  transient, // after an abnormal exit: neither `normal` nor a shutdown
  temporary, // never; the supervisor forgets it
};
inline constexpr auto permanent = restart_type::permanent;
inline constexpr auto transient = restart_type::transient;
inline constexpr auto temporary = restart_type::temporary;

enum class child_type : std::uint8_t { worker, supervisor };

struct brutal_kill_order {};
/// `.shutdown = brutal_kill`: the child gets no time to stop.
inline constexpr brutal_kill_order brutal_kill;

/// How a supervisor stops a child: it sends the exit signal `shutdown`, then `kill` when
/// the limit expires; or `kill` at once.
class shutdown_limit {
public:
  /// Throws std::invalid_argument for a negative limit. Source: {invalid_shutdown, _}.
  template <std::convertible_to<duration> T>
  explicit(false) shutdown_limit(const T& limit)
      : limit_(not_negative("shutdown of a child", duration(limit))) {}
  explicit(false) shutdown_limit(brutal_kill_order) noexcept {}

  [[nodiscard]] bool is_brutal_kill() const noexcept { return !limit_; }
  /// `infinity` means no limit. Must not be called for a brutal kill.
  [[nodiscard]] duration limit() const { return limit_.value(); }

private:
  std::optional<duration> limit_;
};

struct child_options {
  restart_type restart = permanent;
  std::optional<shutdown_limit> shutdown =
      {};                              // 5 s, as in OTP; infinity for a supervisor
  std::optional<child_type> type = {}; // worker, unless it is a supervisor
  bool significant = false;            // see supervisor_options::auto_shutdown
};

/// A child as its supervisor stores it. A value, so it can be sent. Made by `child<T>`.
struct child_spec {
  std::string id; // unique within a supervisor; a dynamic_supervisor ignores it
  std::function<start_result(process&)> start;
  restart_type restart = permanent;
  shutdown_limit shutdown = std::chrono::seconds(5);
  child_type type = child_type::worker;
  bool significant = false;
};

namespace detail {

template <class T>
inline constexpr child_type type_of_child = child_type::worker;

/// Starts the child. If copying its arguments throws, the start fails with that reason.
[[nodiscard]] start_result start_child(const child_spec& spec, process& parent);

[[nodiscard]] child_spec make_child_spec(std::string id, const child_options& options,
                                         child_type usual,
                                         std::function<start_result(process&)> start);

} // namespace detail

/// A child that runs a `T`, constructed from fresh copies of `args` at each start.
template <class T, class... Args>
[[nodiscard]] child_spec child(std::string id, child_options options = {},
                               Args&&... args) {
  static_assert((std::is_copy_constructible_v<std::decay_t<Args>> && ...),
                "child<T>: arguments must be copyable, for each start needs them");
  return detail::make_child_spec(
      std::move(id), options, detail::type_of_child<T>,
      [kept = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)](
          process& parent) {
        return std::apply(
            [&](const auto&... each) { return parent.start_link<T>(each...); }, kept);
      });
}

/// The same without an id, for a dynamic_supervisor.
template <class T, class... Args>
[[nodiscard]] child_spec child(child_options options, Args&&... args) {
  return child<T>(std::string(), options, std::forward<Args>(args)...);
}

} // namespace websock::runtime
