// Processes that subscribe to the topic "news", and count what they get.
#pragma once

#include "websock/runtime/node.hpp"

#include <cstddef>
#include <cstdint>

namespace bench::subscribers {

/// Returns once all have subscribed.
void start(websock::runtime::node& on, std::size_t count);
/// To all of this program so far.
[[nodiscard]] std::int64_t delivered() noexcept;

} // namespace bench::subscribers
