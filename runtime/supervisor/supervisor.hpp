// A process that starts child processes, restarts them when they exit, and stops them in
// order.
#pragma once

#include "../address/gen_call.hpp"
#include "../behaviour/behaviour.hpp"
#include "../process/process.hpp"
#include "child_spec.hpp"
#include "supervisor_kind.hpp"
#include "supervisor_requests.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime {

namespace detail {
class child_supervision;
}

/// Which other children are restarted when one child is.
enum class restart_strategy : std::uint8_t {
  one_for_one,  // none
  one_for_all,  // all of them; they are stopped first
  rest_for_one, // those started after it; they are stopped first
};
inline constexpr auto one_for_one = restart_strategy::one_for_one;
inline constexpr auto one_for_all = restart_strategy::one_for_all;
inline constexpr auto rest_for_one = restart_strategy::rest_for_one;

/// Whether a supervisor shuts down once significant children have exited for good.
enum class auto_shutdown : std::uint8_t { never, any_significant, all_significant };
inline constexpr auto never = auto_shutdown::never;
inline constexpr auto any_significant = auto_shutdown::any_significant;
inline constexpr auto all_significant = auto_shutdown::all_significant;

struct supervisor_options {
  restart_strategy strategy = one_for_one;
  std::size_t max_restarts = 3; // within max_period; one more stops the supervisor
  duration max_period = std::chrono::seconds(5);
  runtime::auto_shutdown auto_shutdown = never;
  std::vector<child_spec> children = {}; // in start order
  std::string name = {}; // registered before the children start; empty for none
  /// Called in the supervisor's process, before it stops the other children, with the
  /// child that exceeded the restart limit and why that child failed. Must not throw.
  std::function<void(const std::string& id, const exit_reason& why)> gave_up = {};
};

/// Whether the child's `significant` is valid: a significant child needs auto_shutdown
/// and must not be permanent.
[[nodiscard]] bool is_allowed(const child_spec& child, auto_shutdown ends) noexcept;

/// Behaves as OTP's supervisor does, down to the order of starts and stops. Its children
/// run on its own shard, which it never blocks: while children are stopping, other
/// processes run and requests to the supervisor wait.
///
/// If a child fails to start, the supervisor stops those already started and exits with
/// {shutdown, failed_to_start_child}. If its name is taken, it exits with an error.
/// `start_link` returns either failure at once. An exit signal from its parent or from
/// the node stops it.
class supervisor final : public behaviour, private detail::supervisor_kind {
public:
  explicit supervisor(supervisor_options options);
  ~supervisor() override;

private:
  struct entry {
    child_spec spec;
    runtime::pid process;
    child_status status = child_status::stopped;
  };
  struct failure {
    std::size_t index;
    start_result result;
  };
  using action = std::function<void()>;

  void on_start() override;
  void on_message(term message) override;
  [[nodiscard]] const exit_reason* start_failure() const noexcept override {
    return start_failure_ ? &*start_failure_ : nullptr;
  }

  void child_exited(const runtime::pid& child, const exit_reason& why) override;
  void add(const child_spec& spec, const from& caller) override;
  [[nodiscard]] bool serve(const gen_call& call) override;
  [[nodiscard]] std::vector<child_info> list() const override;
  [[nodiscard]] child_counts count() const override;
  void end(const exit_reason& why) override;

  void terminate(std::string_view id, const from& caller);
  void start_stopped(std::string_view id, const from& caller);
  [[nodiscard]] child_result remove(std::string_view id);
  [[nodiscard]] std::optional<std::size_t> find(std::string_view id) const;
  [[nodiscard]] std::optional<child_error> why_not_stopped(std::string_view id) const;

  void child_exited(std::size_t index, const exit_reason& why);
  void restart(std::size_t index, const exit_reason& why);
  void start_again(std::size_t first, std::size_t last);
  void try_again(std::string_view id, const exit_reason& why);
  [[nodiscard]] bool ends_without(std::size_t index) const;

  [[nodiscard]] start_result start(std::size_t index);
  [[nodiscard]] std::optional<failure> start_range(std::size_t first, std::size_t last);
  void stop_one(std::size_t index, action next);
  void stop_range(std::size_t first, std::size_t last, action next);
  void forget(std::size_t index);

  supervisor_options options_;  // without the children, once it is running
  std::vector<entry> children_; // in start order
  const std::unique_ptr<detail::child_supervision> supervision_;
  std::optional<exit_reason> start_failure_;
};

template <>
inline constexpr child_type detail::type_of_child<supervisor> = child_type::supervisor;

} // namespace websock::runtime
