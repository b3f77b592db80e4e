// Rules for nicks, room names and lines; the page applies the same ones in names.js.
#pragma once

#include <string>
#include <string_view>

namespace chat {

/// Removes invisible characters and collapses spaces, so that names that look alike are
/// equal. Invalid UTF-8 is returned unchanged.
[[nodiscard]] std::string clean_nick(std::string_view text);

/// Whether the chat accepts this nick (already cleaned), room name or line. Lengths are
/// in code points.
[[nodiscard]] bool is_nick(std::string_view text);
[[nodiscard]] bool is_room(std::string_view text);
[[nodiscard]] bool is_line(std::string_view text);
[[nodiscard]] bool is_blank(std::string_view text);

} // namespace chat
