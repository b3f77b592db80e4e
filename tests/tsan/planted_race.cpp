// A deliberate race between an offloaded function and another process: ThreadSanitizer
// must report it, whatever cmake/tsan.supp suppresses in CAF, whose pool runs the
// function.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;

namespace {

/// What both change. The atomic is for the end only.
struct shared {
  int count = 0;
  std::atomic<bool> is_over{false};
};

/// Adds one, each time at a turn of its own.
class adder final : public runtime::gen_server {
public:
  explicit adder(shared& with) : with_(with) {}

private:
  runtime::server_result init() override {
    self().send(self().pid(), 1);
    return runtime::noreply();
  }
  runtime::server_result handle_info(runtime::term) override {
    ++with_.count;
    if (!with_.is_over.load(std::memory_order_relaxed)) // which orders nothing
      self().send_after(100us, self(), 1);
    return runtime::noreply();
  }
  shared& with_;
};

/// Has others add one.
class offloader final : public runtime::gen_server {
public:
  explicit offloader(shared& with) : with_(with) {}

private:
  runtime::server_result init() override {
    self().send(self().pid(), 1);
    return runtime::noreply();
  }
  runtime::server_result handle_info(runtime::term) override {
    for (int i = 0; i < 200; ++i) {
      const auto add = [&with = with_] {
        for (int k = 0; k < 1'000; ++k)
          ++with.count;
      };
      co_await self().offload(add);
    }
    with_.is_over = true;
    co_return runtime::noreply();
  }
  shared& with_;
};

} // namespace

int main() {
  shared with;
  {
    runtime::node node({.shards = 1, .pool_threads = 1});
    node.spawn<adder>(std::ref(with));
    node.spawn<offloader>(std::ref(with));
    while (!with.is_over.load(std::memory_order_relaxed))
      std::this_thread::sleep_for(1ms);
  }
  std::puts("nothing was reported");
}
