// A process that starts other processes, starts them again when they end, and stops them
// in order.
#pragma once

#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/runtime/supervisor/supervisor_kind.hpp"
#include "websock/runtime/supervisor/supervisor_requests.hpp"

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

/// Who is started again with a child that is.
enum class restart_strategy : std::uint8_t {
  one_for_one,  // nobody
  one_for_all,  // all others, which are stopped first
  rest_for_one, // those that were started after it, which are stopped first
};
inline constexpr auto one_for_one = restart_strategy::one_for_one;
inline constexpr auto one_for_all = restart_strategy::one_for_all;
inline constexpr auto rest_for_one = restart_strategy::rest_for_one;

/// Whether a supervisor ends by itself when significant children have ended for good.
enum class auto_shutdown : std::uint8_t { never, any_significant, all_significant };
inline constexpr auto never = auto_shutdown::never;
inline constexpr auto any_significant = auto_shutdown::any_significant;
inline constexpr auto all_significant = auto_shutdown::all_significant;

struct supervisor_options {
  restart_strategy strategy = one_for_one;
  std::size_t max_restarts = 3; // within max_period; one more ends the supervisor
  duration max_period = std::chrono::seconds(5);
  runtime::auto_shutdown auto_shutdown = never;
  std::vector<child_spec> children = {}; // in the order in which they start
  std::string name = {}; // registered before the children start; empty for none
  /// Told, in the supervisor's process, of the child that failed once too often, and why,
  /// before the others are stopped. It must not throw.
  std::function<void(const std::string& id, const exit_reason& why)> gave_up = {};
};

/// Whether a child may be as significant as it is: not where nobody looks, and not for
/// ever.
[[nodiscard]] bool is_allowed(const child_spec& child, auto_shutdown ends) noexcept;

/// Behaves as OTP's supervisor does, to the order of each start and stop. Its children
/// live on its shard, which is never blocked: while children stop, others run, and what
/// the supervisor is asked meanwhile waits.
///
/// One that cannot start all its children stops those that it has started and exits with
/// {shutdown, failed_to_start_child}; one whose name is taken exits with an error;
/// `start_link` says so at once. An exit signal of its
/// parent, or of the node, stops it.
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

  supervisor_options options_;  // without the children, once it runs
  std::vector<entry> children_; // in the order in which they were started
  const std::unique_ptr<detail::child_supervision> supervision_;
  std::optional<exit_reason> start_failure_;
};

template <>
inline constexpr child_type detail::type_of_child<supervisor> = child_type::supervisor;

} // namespace websock::runtime
