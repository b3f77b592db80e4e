// What a supervisor logs about its children.
#pragma once

#include "../address/pid.hpp"
#include "../term/exit_reason.hpp"
#include "child_spec.hpp"

#include <string_view>

namespace websock::runtime::detail {

/// Logs one line: supervisor, OTP's error context, child, reason, and the consequence.
void report(process& supervisor, std::string_view context, const child_spec& child,
            const pid& who, const exit_reason& why, std::string_view consequence);

/// Logs the exit of a child that was not told to stop, and what follows from it. Logs
/// nothing when a transient or temporary child did not exit abnormally.
void report_end(process& supervisor, const child_spec& child, const pid& who,
                const exit_reason& why);

/// Logs the exit of a child that was told to stop, unless it stopped in an orderly way.
void report_stop(process& supervisor, const child_spec& child, const pid& who,
                 const exit_reason& why);

} // namespace websock::runtime::detail
