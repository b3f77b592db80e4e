// The test itself as a process of a stepped node.
#include "tester.hpp"

#include <algorithm>
#include <stdexcept>

namespace websock::runtime::testing {

tester::~tester() = default;

bool tester::wait(std::unique_lock<std::mutex>& lock, time_point deadline) {
  const auto before = box_->messages.size();
  lock.unlock();
  all_.run_until_idle();
  bool is_time_up = false;
  while (box_->messages.size() == before && !is_time_up)
    is_time_up = !all_.advance_to_next(deadline);
  lock.lock();
  if (box_->messages.size() != before)
    return true;
  if (deadline == end_of_time)
    throw std::runtime_error("a message is waited for that never comes");
  return false;
}

void tester::run_until(const std::function<bool()>& is_done) {
  all_.run_until_idle();
  while (!is_done()) // it is still waiting
    if (!all_.advance_to_next(time_point::max()))
      throw std::runtime_error("the tester's process did not run, or waits for ever");
}

time_point tester::now() const {
  return all_.now();
}

std::vector<std::string> tester::flush(duration limit) {
  std::vector<std::string> found;
  sleep(limit);
  while (receive(duration::zero(),
                 [&](const term& each) { found.push_back(to_string(each)); }))
    continue;
  return found;
}

void tester::sleep(duration time) {
  all_.advance(time);
}

} // namespace websock::runtime::testing
