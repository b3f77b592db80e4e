// The end of a member: in order, or at once.
#include "member.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime::redis {

// Redis answers in order: with the last answer it has all that was said before.
void member::leave(std::function<void()> left) {
  if (phase_ == phase::closed)
    return left();
  left_ = std::move(left);
  if (phase_ != phase::joined || !commands_.is_open())
    return close();
  say_farewell();
  phase_ = phase::leaving;
  subscription_.close();
  is_subscribed_ = false;
  note_connected();
  arm(std::min<duration>(options_.ping_timeout, distribution::carrier::longest_finish));
}

void member::leave_if_answered() {
  if (phase_ == phase::leaving && expected_.empty())
    close();
}

// The last word goes out with the end of the name; whatever is unsent goes before.
void member::say_farewell() {
  count_skipped();
  mend_histories();
  if (is_subscribed_)
    say(write_leave());
  if (!is_name_ours_)
    return;
  commands_.send(claim_.release());
  expected_.push_back(answer::release);
}

void member::close() noexcept {
  const auto before = std::exchange(phase_, phase::closed);
  if (before == phase::closed)
    return;
  home_.timers().disarm(*this);
  home_.guarded("redis: leaving", [this, before] {
    if (before != phase::leaving && commands_.is_open())
      say_farewell();
  });
  commands_.finish();
  subscription_.close();
  is_subscribed_ = false;
  note_connected();
  home_.guarded("redis: leaving", [this] { take_leave(); });
  home_.guarded("redis: leaving", [this] { histories_lost(commands_); });
  if (const auto left = std::exchange(left_, nullptr))
    left();
}

} // namespace websock::runtime::redis
