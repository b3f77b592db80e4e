// Octets as characters, RFC 4648 §4 and §5.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace websock::channels {

/// The octets that `text` stands for, in the standard alphabet or in that of URLs, with
/// or without padding; empty if it stands for none.
[[nodiscard]] std::optional<std::string> base64_decoded(std::string_view text);

/// In the alphabet of URLs, without padding.
[[nodiscard]] std::string base64_url(std::string_view octets);

} // namespace websock::channels
