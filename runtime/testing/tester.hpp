// The test itself as a process of a stepped node, which runs while the test receives.
#pragma once

#include "../server/thread_process.hpp"
#include "steppable.hpp"
#include "stepped_node.hpp"

#include <string>
#include <vector>

namespace websock::runtime::testing {

/// Waiting runs the node and moves its clock: `receive(50ms, ...)` takes no wall-clock
/// time.
class tester final : public thread_process {
public:
  explicit tester(stepped_node& on) : tester(on, on) {}
  /// A process of a node that is joined to others: waiting runs `all` of them.
  tester(stepped_node& on, steppable& all) : thread_process(on.node()), all_(all) {}
  ~tester() override;

  /// Every message already received or arriving within `limit`, as text, in order.
  [[nodiscard]] std::vector<std::string> flush(duration limit);
  /// Runs the node for `time`, like a process that sleeps.
  void sleep(duration time);

private:
  bool wait(std::unique_lock<std::mutex>& lock, time_point deadline) override;
  void run_until(const std::function<bool()>& is_done) override;
  [[nodiscard]] time_point now() const override;

  steppable& all_;
};

} // namespace websock::runtime::testing
