// Makes text from strangers safe to show: escapes what would control a terminal, forge a
// line or hide.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace websock::runtime {

/// `text` with control, format and bidi characters written as `\x1b` and `\u{202e}`,
/// octets that are not valid UTF-8 as `\xff`, and a backslash as `\\`, so that the
/// original can be told from the result. Beyond `most` octets the rest is only counted.
[[nodiscard]] std::string visible(std::string_view text,
                                  std::size_t most = std::string_view::npos);

} // namespace websock::runtime
