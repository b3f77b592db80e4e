// Lexical elements of HTTP fields: tokens, values, lists. RFC 9110 §5.5, §5.6.
#pragma once

#include <optional>
#include <string_view>

namespace websock::http {

/// RFC 9110 §5.6.2: whether a token may contain the character.
[[nodiscard]] bool is_token_char(char c) noexcept;

/// True for one or more token characters: a method, a field name, a subprotocol.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// RFC 9110 §5.5: visible characters, octets over 0x7F, space and tab; may be empty.
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;

/// ASCII comparison that ignores case.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Removes surrounding spaces and tabs.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// RFC 9110 §5.6.1: takes the next non-empty element of a comma-separated list off the
/// front of `list`, trimmed; commas inside quoted strings do not separate. Empty at the
/// end.
[[nodiscard]] std::optional<std::string_view>
take_list_element(std::string_view& list) noexcept;

} // namespace websock::http
