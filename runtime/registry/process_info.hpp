// Information about a process, for people: a snapshot from its own shard.
#pragma once

#include "../address/pid.hpp"
#include "../term/reference.hpp"

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
  runnable,  // waiting for its turn
  running,   // asking for its own info, or asked by its own callback
  suspended, // taking no messages: a blocking send
  exiting,   // only in its own last callbacks; to others it is already dead
};
[[nodiscard]] std::string_view to_string(process_status status) noexcept;

/// Source: erlang:process_info/1.
struct process_info {
  /// A monitor of another process; `name` is set if it was monitored by name.
  struct monitored {
    pid who; // empty for a name on another node
    std::string name;
    std::string node = {}; // set if it was by a name_at
    friend bool operator==(const monitored&, const monitored&) = default;
  };

  pid who;
  std::string registered_name; // may be empty
  std::string initial_behaviour;
  std::string current_behaviour; // the type that runs now, if it is another one
  process_status status = process_status::waiting;
  pid parent;
  std::size_t shard = 0;
  std::size_t message_queue_len = 0;
  std::size_t message_queue_bytes = 0; // 0 unless the mailbox has a limit in bytes
  std::uint64_t messages_handled = 0;  // so far; the counterpart of Erlang's reductions
  std::uint64_t messages_dropped = 0;  // because of the mailbox limit
  bool traps_exit = false;
  std::vector<pid> links; // by number
  std::vector<monitored> monitors;
  std::vector<pid> monitored_by; // both in the order in which the monitors were made
};
/// Several lines, without a newline at the end.
[[nodiscard]] std::string to_string(const process_info& info);

/// The answer to `request_info`; empty when the process was dead.
struct process_info_answer {
  reference id;
  std::optional<process_info> info;
};
/// The answer to `request_processes`.
struct process_list_answer {
  reference id;
  std::vector<pid> processes;
};

/// Information about the process itself. Only on its own shard.
[[nodiscard]] process_info info(process& self);
/// Asks any process: `self` gets a `process_info_answer` with this reference. It covers
/// everything that `self` sent to `who` before.
reference request_info(process& self, const pid& who);
/// The same, but waits for the answer. Any thread but a shard's, which throws
/// std::logic_error. The node must be running: use a `tester` for a stepped node.
[[nodiscard]] std::optional<process_info> info(const pid& who);
[[nodiscard]] std::optional<process_info> info(thread_process& self, const pid& who);

/// All processes of the node that have started and not exited, ordered by number. The
/// shards answer one after the other, so this is not a snapshot of the node.
/// Source: erlang:processes/0.
reference request_processes(process& self);
/// The same, but waits for the answer, as `info` does.
[[nodiscard]] std::vector<pid> processes(node& owner);
[[nodiscard]] std::vector<pid> processes(thread_process& self);

} // namespace websock::runtime
