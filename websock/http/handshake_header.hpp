// The headers of an opening handshake, for both ends: how to write one, and which of them
// applications must not set.
#pragma once

#include <string>
#include <string_view>

namespace websock::http {

/// Appends one line. Throws std::invalid_argument if a part is not legal in a header.
void append_header(std::string& out, std::string_view name, std::string_view value);

/// Whether the header of this name, in any case, belongs to the handshake itself or to
/// the hop (RFC 9110 §7.6.1), so that applications must not add it.
[[nodiscard]] bool is_handshake_header(std::string_view name) noexcept;

} // namespace websock::http
