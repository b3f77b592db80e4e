// Rules for names, rooms and lines; the page applies the same ones in names.js.
#pragma once

#include <string>
#include <string_view>

namespace chat {

/// Removes invisible characters and collapses spaces, so that names that look alike are
/// equal. Invalid UTF-8 is returned unchanged.
[[nodiscard]] std::string clean_name(std::string_view text);

/// Whether the chat accepts this name (already cleaned), room name or line. Lengths are
/// in code points.
[[nodiscard]] bool is_name(std::string_view text);
[[nodiscard]] bool is_room(std::string_view text);
[[nodiscard]] bool is_line(std::string_view text);
/// Whether it may identify a line: up to 64 letters, digits, '-' and '_', as UUIDs are.
[[nodiscard]] bool is_id(std::string_view text);
[[nodiscard]] bool is_blank(std::string_view text);

} // namespace chat
