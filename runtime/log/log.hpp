// Where the runtime reports what nobody is there to receive: crashes above all.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

namespace websock::runtime {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Called from any thread, also at the same time, and should not block: it holds up a
/// shard. What it throws goes no further, and is counted (`node::log_failures`). The text
/// of a line may be a stranger's: see `visible`.
using log_sink = std::function<void(log_level, std::string_view)>;

/// The default sink: a line on standard error, `visible`, of some 2,000 octets at most.
/// Never waits and raises no SIGPIPE: a thread of its own writes, and what standard error
/// does not take is dropped and counted. Of one source, which is what stands before the
/// first colon, numbers apart, a second has 20 lines at most; the others are told as
/// "last message repeated N times".
void log_to_stderr(log_level level, std::string_view line) noexcept;

/// Waits until what `log_to_stderr` has taken is written; false when `limit` is over
/// before. The program does so at its end.
bool flush_log(std::chrono::milliseconds limit = std::chrono::seconds(1)) noexcept;

/// Lines that standard error did not take, or took too slowly.
[[nodiscard]] std::uint64_t log_lines_dropped() noexcept;

} // namespace websock::runtime
