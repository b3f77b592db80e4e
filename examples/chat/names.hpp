// What nicks, names of rooms and lines may look like; names.js of the page has the same
// rules.
#pragma once

#include <string>
#include <string_view>

namespace chat {

/// Without characters that nobody sees, and with single spaces: names that look the same
/// are the same. Takes valid UTF-8, and returns all else as it is.
[[nodiscard]] std::string clean_nick(std::string_view text);

/// Whether a nick (a clean one), a room's name or a line is one that the chat takes;
/// lengths in code points.
[[nodiscard]] bool is_nick(std::string_view text);
[[nodiscard]] bool is_room(std::string_view text);
[[nodiscard]] bool is_line(std::string_view text);
[[nodiscard]] bool is_blank(std::string_view text);

} // namespace chat
