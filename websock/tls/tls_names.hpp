// Server names for SNI: which pattern covers which name. Knows nothing of certificates.
#pragma once

#include <string>
#include <string_view>

namespace websock {

/// In lower case, without the trailing dot of a fully qualified name.
[[nodiscard]] std::string canonical_host(std::string_view host);
/// Letters, digits, '-', '_' and '.', with labels of 1 to 63 characters; may start with
/// "*.".
[[nodiscard]] bool is_host_pattern(std::string_view host) noexcept;
/// Whether a canonical pattern covers a canonical name. RFC 6125 §6.4.3: a wildcard
/// stands for exactly one label.
[[nodiscard]] bool covers(std::string_view pattern, std::string_view name) noexcept;

} // namespace websock
