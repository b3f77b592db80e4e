// Stopping children and waiting for their ends.
#include "websock/runtime/supervisor/supervisor_stops.hpp"

#include "websock/runtime/process/process.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime::detail {

namespace {

/// The timer of a child that does not go.
struct overdue {
  pid child;
};

[[nodiscard]] const overdue* as_overdue(const term& message) {
  const auto* expired = message.get_if<timer_expired>();
  return expired == nullptr ? nullptr : expired->message.get_if<overdue>();
}

} // namespace

void supervisor_stops::begin(process& self, const pid& child, const shutdown_limit& how,
                             ended on_end) {
  reference timer;
  if (!how.is_brutal_kill() && how.limit() != infinity)
    timer = self.start_timer(how.limit(), self, overdue{child});
  watch(self, child, timer, std::move(on_end));
  self.exit(child, how.is_brutal_kill() ? exit_reason(reason::kill)
                                        : exit_reason(reason::shutdown));
}

void supervisor_stops::await(process& self, const pid& leaving) {
  watch(self, leaving, {}, [](const exit_reason&) {});
}

// The monitor counts, not the link: a child may have unlinked itself.
void supervisor_stops::watch(process& self, const pid& who, reference timer,
                             ended on_end) {
  targets_.insert_or_assign(
      who, target{self.monitor(who), timer, take_kept_exit(who), std::move(on_end)});
}

std::optional<exit_reason> supervisor_stops::take_kept_exit(const pid& who) {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const term& each) {
    const auto* signal = each.get_if<exit_signal>();
    return signal != nullptr && signal->from == who;
  });
  if (found == kept_.end())
    return std::nullopt;
  auto why = found->get<exit_signal>().reason;
  kept_.erase(found);
  return why;
}

void supervisor_stops::then(std::function<void()> action) {
  if (targets_.empty())
    action();
  else
    then_ = std::move(action);
}

bool supervisor_stops::take(process& self, const term& message) {
  if (const auto* late = as_overdue(message)) {
    if (targets_.contains(late->child))
      self.exit(late->child, reason::kill);
    return true;
  }
  if (targets_.empty())
    return false;
  if (const auto* signal = message.get_if<exit_signal>()) {
    if (const auto found = targets_.find(signal->from); found != targets_.end()) {
      found->second.reason = signal->reason;
      return true;
    }
  } else if (const auto* gone = message.get_if<down>()) {
    if (const auto found = targets_.find(gone->who);
        found != targets_.end() && found->second.monitor == gone->ref) {
      end(self, gone->who, gone->reason);
      return true;
    }
  }
  kept_.push_back(message);
  return true;
}

void supervisor_stops::end(process& self, const pid& who, const exit_reason& why) {
  const auto over = std::move(targets_.extract(who).mapped());
  self.unlink(who);
  if (over.timer)
    self.cancel_timer(over.timer);
  over.on_end(over.reason.value_or(why));
  if (!targets_.empty() || !then_)
    return;
  const auto action = std::exchange(then_, nullptr);
  action();
}

std::optional<term> supervisor_stops::next() {
  if (!targets_.empty() || kept_.empty())
    return std::nullopt;
  auto oldest = std::move(kept_.front());
  kept_.pop_front();
  return oldest;
}

} // namespace websock::runtime::detail
