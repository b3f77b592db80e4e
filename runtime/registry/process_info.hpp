// What there is to know about a process, for people: as it is at one moment of its shard.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/term/reference.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime {

class node;
class process;
class thread_process;

enum class process_status : std::uint8_t {
  waiting,   // for a message
  runnable,  // waits for its turn
  running,   // asks for its own info, or is asked by its own callback
  suspended, // takes no messages: a blocking send
  exiting,   // only in its own last callbacks; for others it is dead by then
};
[[nodiscard]] std::string_view to_string(process_status status) noexcept;

/// Source: erlang:process_info/1.
struct process_info {
  /// A monitor of another process; `name` when it was monitored by that.
  struct monitored {
    pid who;
    std::string name;
    friend bool operator==(const monitored&, const monitored&) = default;
  };

  pid who;
  std::string registered_name; // empty when it has none
  std::string initial_behaviour;
  std::string current_behaviour; // what runs in it now, when that is another type
  process_status status = process_status::waiting;
  pid parent;
  std::size_t shard = 0;
  std::size_t message_queue_len = 0;
  std::size_t message_queue_bytes = 0; // of a mailbox with a limit in bytes, otherwise 0
  std::uint64_t messages_handled = 0;  // so far; what reductions are in Erlang
  std::uint64_t messages_dropped = 0;  // by the limit of its mailbox
  bool traps_exit = false;
  std::vector<pid> links; // by number
  std::vector<monitored> monitors;
  std::vector<pid> monitored_by; // both in the order in which the monitors were made
};
/// Several lines, without one at the end.
[[nodiscard]] std::string to_string(const process_info& info);

/// The answer to `request_info`; nothing when the process was dead.
struct process_info_answer {
  reference id;
  std::optional<process_info> info;
};
/// The answer to `request_processes`.
struct process_list_answer {
  reference id;
  std::vector<pid> processes;
};

/// Of the process itself, at once. For itself, on its own shard.
[[nodiscard]] process_info info(process& self);
/// Of any process: `self` gets a `process_info_answer` with this reference. What `self`
/// sent to `who` before has arrived by then.
reference request_info(process& self, const pid& who);
/// Waits for it. Any thread that is not a shard's; throws std::logic_error there. The
/// node must run: one that a test steps is asked through a `tester`.
[[nodiscard]] std::optional<process_info> info(const pid& who);
[[nodiscard]] std::optional<process_info> info(thread_process& self, const pid& who);

/// All processes of the node that have started and not exited, by number. Each shard
/// answers for its own, one after the other: no snapshot of the whole.
/// Source: erlang:processes/0.
reference request_processes(process& self);
/// Waits for it, as `info` does.
[[nodiscard]] std::vector<pid> processes(node& on);
[[nodiscard]] std::vector<pid> processes(thread_process& self);

} // namespace websock::runtime
