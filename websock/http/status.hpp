// Status codes of HTTP, RFC 9110 §15.
#pragma once

#include <string_view>

namespace websock::http {

/// The phrase beside the code; "Unknown" for codes not in the table.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

} // namespace websock::http
