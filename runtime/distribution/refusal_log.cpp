// One line a second.
#include "refusal_log.hpp"

#include "../process/shard.hpp"
#include "../time/deadline.hpp"
#include "../time/timer_queue.hpp"
#include "hub.hpp"

#include <chrono>
#include <utility>

namespace websock::runtime::distribution {

namespace {

constexpr std::chrono::seconds period{1};

} // namespace

refusal_log::~refusal_log() = default; // stopped by then

void refusal_log::tell(std::string line) {
  if (is_armed()) {
    last_ = std::move(line);
    ++untold_;
    return;
  }
  write(line);
  auto& home = hub_.home();
  home.timers().arm(*this, deadline_in(home.now(), period));
}

void refusal_log::tell_once(const std::string& which, const std::string& address) {
  if (told_once_.size() >= most_peers)
    told_once_.clear();
  if (told_once_.insert(which).second)
    tell("a node at " + address + " is refused: " + which);
}

void refusal_log::forget(std::string_view peer) noexcept {
  std::erase_if(told_once_, [peer](const auto& each) {
    return each.starts_with(peer) && each.substr(peer.size()).starts_with(' ');
  });
}

void refusal_log::stop() noexcept {
  hub_.home().timers().disarm(*this);
}

void refusal_log::expire(time_point now) {
  const auto count = std::exchange(untold_, 0);
  if (count == 0)
    return;
  write(last_ + " (one of " + std::to_string(count) + " in a second)");
  hub_.home().timers().arm(*this, deadline_in(now, period));
}

void refusal_log::write(const std::string& line) const {
  hub_.log(log_level::warning, line);
}

} // namespace websock::runtime::distribution
