// Text of strangers for people: what would speak to a terminal, forge a line or hide is
// written out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace websock::runtime {

/// `text` with control, format and bidi characters as `\x1b` and `\u{202e}`, each octet
/// that belongs to no UTF-8 character as `\xff`, and a backslash as `\\`: what is shown
/// tells what it was. Of more than `most` octets the rest is only counted.
[[nodiscard]] std::string visible(std::string_view text,
                                  std::size_t most = std::string_view::npos);

} // namespace websock::runtime
