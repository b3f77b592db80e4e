// Checks the options of topics.
#include "websock/channels/history/topic_options.hpp"

#include <stdexcept>

namespace websock {

void validate(const topic_options& options) {
  if (options.history == 0)
    return;
  if (options.history_time.count() <= 0)
    throw std::invalid_argument("topic_options::history_time: more than 0");
  if (options.history_octets == 0)
    throw std::invalid_argument("topic_options::history_octets: at least 1");
}

} // namespace websock
