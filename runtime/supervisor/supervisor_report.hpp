// What a supervisor writes to the node's log about its children.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/runtime/term/exit_reason.hpp"

#include <string_view>

namespace websock::runtime::detail {

/// One line: supervisor, OTP's error context, child, reason, and what is done about it.
void report(process& supervisor, std::string_view context, const child_spec& child,
            const pid& who, const exit_reason& why, std::string_view consequence);

/// The end of a child that was not told to go; `consequence` says what follows. Nothing
/// is written for a transient or temporary child that ended in order.
void report_end(process& supervisor, const child_spec& child, const pid& who,
                const exit_reason& why);

/// The end of a child that was told to go; nothing is written when it went as it should.
void report_stop(process& supervisor, const child_spec& child, const pid& who,
                 const exit_reason& why);

} // namespace websock::runtime::detail
