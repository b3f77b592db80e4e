// What an exception says, as text and as an exit reason: the one place that knows.
#pragma once

#include "websock/runtime/term/exit_reason.hpp"

#include <string_view>

namespace websock::runtime::detail {

/// Within the handler of an exception: its text, which lasts as long as the exception.
[[nodiscard]] std::string_view thrown_text() noexcept;
/// The reason of a process that lets it escape: `reason::error(text)`, or `error` alone
/// when there is no memory for the text.
[[nodiscard]] exit_reason thrown_reason() noexcept;

} // namespace websock::runtime::detail
