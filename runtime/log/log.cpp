// The default log sink: the only place that knows standard error.
#include "log.hpp"

#include "line_writer.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>

namespace websock::runtime {

namespace {

// Null until the first line: a mere query allocates nothing.
std::atomic<detail::line_writer*> writer_of_lines{nullptr};

// A single instance, as there is one standard error. Never destroyed: threads may log
// while the program exits, and the writer's own thread may be blocked in a write.
[[nodiscard]] detail::line_writer& stderr_writer() {
  static auto& made = *new std::shared_ptr<detail::line_writer>([] {
    auto writer = std::make_shared<detail::line_writer>(STDERR_FILENO);
    std::atexit([] { flush_log(); });
    return writer;
  }());
  writer_of_lines = made.get();
  return *made;
}

} // namespace

void log_to_stderr(log_level level, std::string_view line) noexcept {
  try {
    stderr_writer().put(level, line);
  } catch (...) { // no memory for a writer; the next line tries again
    return;
  }
}

bool flush_log(std::chrono::milliseconds limit) noexcept {
  detail::line_writer* const made = writer_of_lines;
  return made == nullptr || made->flush(limit);
}

std::uint64_t log_lines_dropped() noexcept {
  const detail::line_writer* const made = writer_of_lines;
  return made == nullptr ? 0 : made->dropped();
}

} // namespace websock::runtime
