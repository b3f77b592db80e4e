// Figures that are read when they are asked for, so that nothing has to be counted.
#include "shard_metrics.hpp"

#include "../process/node.hpp"
#include "../process/node_meter.hpp"
#include "../process/process_block.hpp"
#include "../process/shard.hpp"
#include "metric_set.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <string>

namespace websock::runtime::detail {

namespace {

// Looking at the mailboxes of so many processes takes a few milliseconds.
constexpr std::size_t most_looked_at = 16'384;

[[nodiscard]] double in_seconds(std::chrono::duration<double> time) noexcept {
  return time.count();
}

[[nodiscard]] std::string_view name_of(exit_reason::kind what) noexcept {
  using kind = exit_reason::kind;
  switch (what) {
  case kind::normal:
    return "normal";
  case kind::shutdown:
    return "shutdown";
  case kind::kill:
  case kind::killed:
    return "killed";
  case kind::noproc:
    return "noproc";
  case kind::noconnection:
    return "noconnection";
  case kind::timeout:
    return "timeout";
  case kind::error:
    return "error";
  case kind::term:
    break;
  }
  return "term";
}

void add_lives(shard& home, metric_set& into) {
  const auto& meter = home.owner().extension<node_meter>().at(home);
  into.counter("websock_processes_started_total",
               "Processes that have begun their first turn",
               static_cast<double>(meter.started));
  for (std::size_t i = 0; i < meter.exited.size(); ++i)
    into.counter("websock_processes_exited_total",
                 "Processes that have exited, by reason",
                 static_cast<double>(meter.exited[i]),
                 {{"reason", std::string(name_of(static_cast<exit_reason::kind>(i)))}});
}

void add_mailboxes(shard& home, const metric_labels& which, metric_set& into) {
  if (home.process_count() > most_looked_at)
    return;
  std::size_t waiting = 0;
  std::size_t longest = 0;
  std::size_t suspended = 0;
  for (const auto& each : home.processes()) {
    const auto& block = *find_block(each);
    waiting += block.messages().size();
    longest = std::max(longest, block.messages().size());
    suspended += block.is_suspended() ? 1U : 0U;
  }
  into.gauge("websock_mailbox_messages", "Messages that wait in all mailboxes of a shard",
             static_cast<double>(waiting), which);
  into.gauge("websock_mailbox_longest_messages",
             "Messages that wait in the longest mailbox of a shard",
             static_cast<double>(longest), which);
  into.gauge("websock_processes_suspended",
             "Processes that take no messages, since their peer or another node takes "
             "nothing from them",
             static_cast<double>(suspended), which);
}

// What the kernel knows of the calling thread: time on a processor, and time in its queue
// for one, in nanoseconds.
void add_processor(const metric_labels& which, metric_set& into) {
  std::ifstream file("/proc/thread-self/schedstat");
  std::uint64_t ran = 0;
  std::uint64_t waited = 0;
  if (!(file >> ran >> waited))
    return; // a kernel without these figures
  into.counter("websock_shard_cpu_seconds_total",
               "Time that the thread of a shard has run", static_cast<double>(ran) / 1e9,
               which);
  into.counter("websock_shard_cpu_wait_seconds_total",
               "Time that the thread of a shard was ready to run and had no processor",
               static_cast<double>(waited) / 1e9, which);
}

void add_memory(metric_set& into) {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  if (!(file >> all >> resident))
    return;
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  into.gauge("process_virtual_memory_bytes", "Virtual memory of the program", all * page);
  into.gauge("process_resident_memory_bytes", "Memory of the program that is in RAM",
             resident * page);
}

void add_processor_time(metric_set& into) {
  std::timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0)
    into.counter("process_cpu_seconds_total", "Processor time of the whole program",
                 static_cast<double>(used.tv_sec)
                     + static_cast<double>(used.tv_nsec) / 1e9);
}

} // namespace

void add_node_metrics(node& owner, metric_set& into) {
  into.gauge("websock_processes", "Processes that are alive",
             static_cast<double>(owner.process_count()));
  into.gauge("websock_shards", "Shards of the node",
             static_cast<double>(owner.shard_count()));
  into.counter("websock_messages_dropped_total",
               "Messages that full mailboxes have dropped, or that came after the end",
               static_cast<double>(owner.messages_dropped()));
  into.counter("websock_log_failures_total", "Lines that the log has not taken",
               static_cast<double>(owner.log_failures()));
  add_memory(into);
  add_processor_time(into);
}

void add_shard_metrics(shard& home, time_point since, metric_set& into) {
  const metric_labels which{{"shard", std::to_string(home.index())}};
  into.gauge("websock_shard_lag_seconds",
             "Time that the last reading of metrics has waited for a shard",
             in_seconds(home.read_clock() - since), which);
  into.gauge("websock_shard_processes", "Processes that live on a shard",
             static_cast<double>(home.process_count()), which);
  into.counter("websock_shard_rounds_total", "Rounds of the loop of a shard",
               static_cast<double>(home.turn().round), which);
  add_lives(home, into);
  add_mailboxes(home, which, into);
  if (home.owner().is_running()) // otherwise the thread is not the shard's
    add_processor(which, into);
}

} // namespace websock::runtime::detail
