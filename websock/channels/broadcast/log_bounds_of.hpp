// What a topic with a history asks of a log.
#pragma once

#include "websock/channels/history/topic_options.hpp"
#include "websock/runtime/address/publication_log.hpp"
#include "websock/runtime/time/clock.hpp"

#include <algorithm>
#include <cstddef>

namespace websock::channels {

[[nodiscard]] inline runtime::detail::log_bounds
log_bounds_of(const topic_options& options) {
  constexpr std::size_t around_message = 512; // of an envelope, with topic and source
  constexpr std::size_t most_messages = 10'000'000;
  constexpr std::size_t most_octets = std::size_t{1} << 40U;
  const auto messages = std::min(options.history, most_messages);
  return {messages, runtime::duration(options.history_time),
          std::min(options.history_octets, most_octets) + messages * around_message};
}

} // namespace websock::channels
