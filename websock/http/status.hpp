// HTTP status codes, RFC 9110 §15.
#pragma once

#include <string_view>

namespace websock::http {

/// The reason phrase of a code; "Unknown" for a code that is not in the table.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

} // namespace websock::http
