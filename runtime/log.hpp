// Where the runtime reports what nobody is there to receive: crashes above all.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace runtime {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Called from any thread, also at the same time; must not throw.
using log_sink = std::function<void(log_level, std::string_view)>;

/// Writes one line to standard error, control characters as `\x0a`: text of a peer makes
/// no line of its own. The default sink.
void log_to_stderr(log_level level, std::string_view line);

} // namespace runtime
