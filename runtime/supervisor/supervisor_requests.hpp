// Requests to a supervisor, and its replies. A process sends these with `send_request`; a
// thread uses the functions in supervisor_calls.hpp.
#pragma once

#include "../address/pid.hpp"
#include "../term/exit_reason.hpp"
#include "child_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace websock::runtime {

/// Why a supervisor refuses a request, in OTP's terms.
enum class child_error : std::uint8_t {
  already_present, // a child with this id exists, but is not running
  already_started, // a child with this id is running
  not_found,
  running,
  restarting,
  max_children,
  bad_spec, // `significant` is invalid here: see is_allowed
  failed,   // it did not start: see `reason`
};
[[nodiscard]] std::string to_string(child_error error);

/// The reply to every request about one child.
struct child_result {
  runtime::pid process; // that was started; empty when its init returned ignore
  std::optional<child_error> error;
  exit_reason reason; // when `failed`

  [[nodiscard]] bool is_ok() const noexcept { return !error; }
  friend bool operator==(const child_result&, const child_result&) = default;
};
/// `ok`, `{ok, <0.7>}`, `{error, running}`.
[[nodiscard]] std::string to_string(const child_result& result);
[[nodiscard]] inline child_result refused(child_error why) {
  return {{}, why, {}};
}

enum class child_status : std::uint8_t { stopped, running, restarting };

/// One entry of the reply to which_children.
struct child_info {
  std::string id;
  child_status status = child_status::stopped;
  runtime::pid process; // empty unless it is running
  child_type type = child_type::worker;
  friend bool operator==(const child_info&, const child_info&) = default;
};
/// `{"lobby", <0.7>, worker}`; `undefined` or `restarting` instead of the pid.
[[nodiscard]] std::string to_string(const child_info& info);

struct child_counts {
  std::size_t specs = 0;
  std::size_t active = 0;
  std::size_t supervisors = 0;
  std::size_t workers = 0;

  void add(const child_spec& spec, child_status status) noexcept;
  friend bool operator==(const child_counts&, const child_counts&) = default;
};
[[nodiscard]] std::string to_string(const child_counts& counts);

/// The exit reason of a supervisor that failed to start, within {shutdown, ...}.
struct failed_to_start_child {
  std::string id;
  exit_reason reason;
  friend bool operator==(const failed_to_start_child&,
                         const failed_to_start_child&) = default;
};
[[nodiscard]] std::string to_string(const failed_to_start_child& failure);

/// The exit reason of a supervisor with invalid options. Source: {start_spec, ...}.
struct bad_start_spec {
  std::string why;
  friend bool operator==(const bad_start_spec&, const bad_start_spec&) = default;
};
[[nodiscard]] std::string to_string(const bad_start_spec& bad);

/// Each is answered with a child_result, except the last two.
namespace request {

struct start_child {
  child_spec spec;
};
struct terminate_child { // for a supervisor
  std::string id;
};
struct terminate_process { // for a dynamic_supervisor
  pid process;
};
struct delete_child {
  std::string id;
};
struct restart_child {
  std::string id;
};
struct which_children {}; // std::vector<child_info>
struct count_children {}; // child_counts

} // namespace request
} // namespace websock::runtime
