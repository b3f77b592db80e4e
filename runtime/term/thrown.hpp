// The text and the exit reason of an exception: the one place that derives them.
#pragma once

#include "exit_reason.hpp"

#include <string_view>

namespace websock::runtime::detail {

/// The text of the exception that is being handled; valid as long as that exception.
[[nodiscard]] std::string_view thrown_text() noexcept;
/// The exit reason of a process that lets it escape: that of an exit_request; otherwise
/// `reason::error(text)`, or a bare `error` when there is no memory for the text.
[[nodiscard]] exit_reason thrown_reason() noexcept;

} // namespace websock::runtime::detail
