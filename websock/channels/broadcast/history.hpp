// Where a node keeps the histories of its topics, and how much that is.
#pragma once

#include "websock/channels/history/history_store.hpp"

#include <memory>

namespace websock::runtime {
class node;
}

namespace websock::channels {

/// Keeps the histories of this node in `store` rather than in a memory_store with its
/// defaults. Call it before the server starts.
void keep_histories(runtime::node& of, std::shared_ptr<history_store> store);

/// What is kept, and what has been given up. Any thread.
[[nodiscard]] history_figures histories_of(runtime::node& of);

} // namespace websock::channels
