// What a client has seen of each source, as it gets it and gives it back.
#pragma once

#include "websock/channels/history/origin.hpp"

#include <optional>
#include <string>

namespace websock::channels {

/// As a JSON object; the time is the member without a name.
[[nodiscard]] std::string seen_text(const seen_sources& seen);
/// The same from a text that seen_text has made, or a client. Empty if it is malformed,
/// or there are more sources than anybody has seen.
[[nodiscard]] std::optional<seen_sources> seen_from(const std::string& text);

} // namespace websock::channels
