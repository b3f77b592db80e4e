// What libraries above need of a cluster to send one message to many nodes.
#pragma once

#include "../term/term.hpp"
#include "etf/value.hpp"

#include <optional>
#include <string_view>

namespace websock::runtime {

class node;

namespace distribution {

/// `message` as other nodes get it, encoded once for all of them; nullopt while `owner`
/// has no cluster. Throws not_transmissible. Any thread.
[[nodiscard]] std::optional<etf::value> encoded_term(const node& owner,
                                                     const term& message);
/// Whether publications of `owner` reach the node named `where` by topics that both
/// share. Any thread.
[[nodiscard]] bool shares_topics(const node& owner, std::string_view where);

} // namespace distribution
} // namespace websock::runtime
