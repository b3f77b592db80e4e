// What a supervisor logs.
#include "supervisor_report.hpp"

#include "../process/node.hpp"
#include "../process/process.hpp"

#include <string>

namespace websock::runtime::detail {

namespace {

// OTP, supervisor:shutdown/1: which exits count as an orderly stop.
[[nodiscard]] bool is_orderly_stop(const child_spec& child, const exit_reason& why) {
  if (child.restart != permanent && !why.is_abnormal())
    return true;
  return child.shutdown.is_brutal_kill() ? why.what() == exit_reason::kind::killed
                                         : why == reason::shutdown;
}

} // namespace

void report(process& supervisor, std::string_view context, const child_spec& child,
            const pid& who, const exit_reason& why, std::string_view consequence) {
  std::string line = "supervisor " + to_string(supervisor.pid()) + ": ";
  line += context;
  line += ": child ";
  print_quoted(line, child.id);
  if (who)
    line += " " + to_string(who);
  line += ": " + to_string(why) + "; ";
  line += consequence;
  supervisor.node().log(log_level::error, line);
}

void report_end(process& supervisor, const child_spec& child, const pid& who,
                const exit_reason& why) {
  if (child.restart != permanent && !why.is_abnormal())
    return;
  report(supervisor, "child_terminated", child, who, why,
         child.restart == temporary ? "it is not started again"
                                    : "it is to be restarted");
}

void report_stop(process& supervisor, const child_spec& child, const pid& who,
                 const exit_reason& why) {
  if (!is_orderly_stop(child, why))
    report(supervisor, "shutdown_error", child, who, why, "it had been told to stop");
}

} // namespace websock::runtime::detail
