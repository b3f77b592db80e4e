// Where the runtime reports what no process receives: crashes above all.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

namespace websock::runtime {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Called from any thread, possibly at the same time. It should not block, as that holds
/// up a shard. Exceptions from it are swallowed and counted (`node::log_failures`). A
/// line may contain text from strangers: see `visible`.
using log_sink = std::function<void(log_level, std::string_view)>;

/// The default sink: writes a line to standard error, made `visible` and cut to about
/// 2,000 octets. Never blocks and raises no SIGPIPE: a separate thread writes, and lines
/// that standard error does not take are dropped and counted. One source (the text before
/// the first colon, ignoring digits) may write 20 lines a second; the rest are reported
/// as "last message repeated N times".
void log_to_stderr(log_level level, std::string_view line) noexcept;

/// Waits until every line passed to `log_to_stderr` is written; false when `limit`
/// expires first. Runs automatically when the program exits.
bool flush_log(std::chrono::milliseconds limit = std::chrono::seconds(1)) noexcept;

/// Lines dropped because standard error did not take them, or not fast enough.
[[nodiscard]] std::uint64_t log_lines_dropped() noexcept;

} // namespace websock::runtime
