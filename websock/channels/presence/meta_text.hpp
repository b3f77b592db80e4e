// The meta of a presence: a JSON object as text, which lists, diffs and frames are made
// of without parsing it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace websock::channels {

/// Shared by the log, the lists and the diffs of a node.
using meta_text = std::shared_ptr<const std::string>;

/// The `phx_ref` in it; empty if it has none.
[[nodiscard]] std::string phx_ref_of(std::string_view meta);
/// Whether it is the text of one JSON object, nested no deeper than 64. For text of
/// strangers.
[[nodiscard]] bool is_meta(std::string_view text);
/// `text` as a JSON string, with its quotes. What is no UTF-8 becomes U+FFFD.
[[nodiscard]] std::string quoted(const std::string& text);

} // namespace websock::channels
