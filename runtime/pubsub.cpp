// A broadcast: at once on the caller's shard, one inbox entry for each other shard.
#include "runtime/pubsub.hpp"

#include "runtime/node.hpp"
#include "runtime/shard.hpp"

#include <string>

namespace runtime::pubsub {

void subscribe(process& who, std::string_view topic) {
  who.shard().topics().subscribe(who, topic);
}

void unsubscribe(process& who, std::string_view topic) {
  who.shard().topics().unsubscribe(who, topic);
}

namespace detail {

void publish(node& on, std::string_view topic, term message, const pid& except) {
  for (std::size_t i = 0; i < on.shard_count(); ++i) {
    shard& each = on.shard_at(i);
    const process* here = except.local();
    if (here != nullptr && &here->shard() != &each)
      here = nullptr;
    if (each.is_current())
      each.topics().deliver(topic, message, here);
    else
      each.post([topic = std::string(topic), message,
                 skipped = here != nullptr ? except : pid()](shard& there) {
        there.topics().deliver(topic, message, skipped.local());
      });
  }
}

} // namespace detail
} // namespace runtime::pubsub
