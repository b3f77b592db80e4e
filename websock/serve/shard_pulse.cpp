// A pulse: one small task for each shard.
#include "websock/serve/shard_pulse.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include <utility>

namespace websock {

// A task that a stopped node throws away counts as an answer, and so does one for which
// there was no memory: the shard is not to blame.
void shard_pulse::ask() {
  struct answer {
    explicit answer(std::shared_ptr<std::atomic<std::size_t>> to)
        : missing(std::move(to)) {
      ++*missing;
    }
    ~answer() { --*missing; }
    answer(const answer&) = delete;
    answer& operator=(const answer&) = delete;
    const std::shared_ptr<std::atomic<std::size_t>> missing;
  };
  if (!is_answered())
    return;
  for (std::size_t i = 0; i < of_.shard_count(); ++i)
    of_.shard_at(i).post([one = std::make_unique<answer>(missing_)](runtime::shard&) {});
}

} // namespace websock
