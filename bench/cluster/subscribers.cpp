// Processes that subscribe, and the count of all.
#include "bench/cluster/subscribers.hpp"

#include "websock/runtime/process.hpp"
#include "websock/runtime/pubsub.hpp"

#include <atomic>
#include <thread>

namespace bench::subscribers {

namespace {

namespace runtime = websock::runtime;

std::atomic<std::int64_t> all_delivered{0};
std::atomic<std::size_t> all_ready{0};

class subscriber final : public runtime::behaviour {
private:
  void on_start() override {
    runtime::pubsub::subscribe(self(), "news");
    ++all_ready;
  }
  void on_message(runtime::term) override { ++all_delivered; }
};

} // namespace

void start(runtime::node& on, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    on.spawn<subscriber>();
  while (all_ready < count)
    std::this_thread::yield();
}

std::int64_t delivered() noexcept {
  return all_delivered;
}

} // namespace bench::subscribers
