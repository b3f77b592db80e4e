// Presences as the JSON that clients get, made of the texts of their metas. Source:
// Phoenix.Presence, the payloads of presence_state and presence_diff.
#pragma once

#include "websock/channels/presence/presence_view.hpp"

#include <string>
#include <vector>

namespace websock::channels {

/// `{key: {"metas": [meta, ...]}, ...}`.
[[nodiscard]] std::string
presences_text(const std::vector<presence_view::key_metas>& all);
/// The same of a diff's joins or leaves.
[[nodiscard]] std::string presences_text(const presence_changes::list& some);
/// `{"joins": joins, "leaves": leaves}`.
[[nodiscard]] std::string diff_text(const std::string& joins, const std::string& leaves);

} // namespace websock::channels
