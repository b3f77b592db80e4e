// Shuts down children and waits until they are gone.
#include "child_shutdown.hpp"

#include "../address/system_message.hpp"
#include "../process/process.hpp"
#include "supervisor_report.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace websock::runtime::detail {

namespace {

/// The shutdown timer of a child.
struct overdue_child {
  pid child;
};

[[nodiscard]] const overdue_child* as_overdue(const term& message) {
  const auto* expired = message.get_if<timer_expired>();
  return expired == nullptr ? nullptr : expired->message.get_if<overdue_child>();
}

} // namespace

child_shutdown::phase child_shutdown::now() const noexcept {
  if (targets_.empty())
    return phase::idle;
  return then_ ? phase::waiting : phase::gathering;
}

// A timer may expire after its child is gone: it still belongs to the shutdown.
child_shutdown::meaning child_shutdown::meaning_of(const term& message) const {
  if (as_overdue(message) != nullptr)
    return meaning::overdue;
  if (now() == phase::idle)
    return meaning::for_supervisor;
  if (const auto* signal = message.get_if<exit_signal>())
    return targets_.contains(signal->from) ? meaning::reason : meaning::kept;
  if (const auto* last = message.get_if<down>()) {
    const auto found = targets_.find(last->who);
    if (found != targets_.end() && found->second.monitor == last->ref)
      return meaning::gone;
  }
  return meaning::kept;
}

bool child_shutdown::take(process& self, const term& message) {
  switch (meaning_of(message)) {
  case meaning::for_supervisor:
    return false;
  case meaning::kept:
    kept_.push_back(message);
    return true;
  case meaning::overdue:
    if (const auto& child = as_overdue(message)->child; targets_.contains(child))
      self.exit(child, reason::kill);
    return true;
  case meaning::reason: {
    const auto& signal = message.get<exit_signal>();
    targets_.at(signal.from).reason = signal.reason;
    return true;
  }
  case meaning::gone:
    gone(self, message.get<down>());
    return true;
  }
  return false;
}

void child_shutdown::begin(process& self, const pid& child, const child_spec& spec) {
  const auto& how = spec.shutdown;
  reference timer;
  if (!how.is_brutal_kill() && how.limit() != infinity)
    timer = self.start_timer(how.limit(), self, overdue_child{child});
  watch(self, child, timer, &spec);
  self.exit(child, how.is_brutal_kill() ? exit_reason(reason::kill)
                                        : exit_reason(reason::shutdown));
}

void child_shutdown::await(process& self, const pid& leaving) {
  watch(self, leaving, {}, nullptr);
}

// The monitor decides, not the link: a child may have unlinked itself.
void child_shutdown::watch(process& self, const pid& who, reference timer,
                           const child_spec* spec) {
  assert(now() != phase::waiting && "a step is set already, and does not wait for this");
  targets_.insert_or_assign(who,
                            target{self.monitor(who), timer, take_kept_exit(who), spec});
}

std::optional<exit_reason> child_shutdown::take_kept_exit(const pid& who) {
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

void child_shutdown::then(std::function<void()> step) {
  assert(step && "a shutdown without a step would never be over");
  assert(now() != phase::waiting && "the step that is set already would be lost");
  if (now() == phase::idle)
    step();
  else
    then_ = std::move(step);
}

void child_shutdown::gone(process& self, const down& last) {
  const auto over = std::move(targets_.extract(last.who).mapped());
  self.unlink(last.who);
  if (over.timer)
    self.cancel_timer(over.timer);
  if (over.spec != nullptr)
    report_stop(self, *over.spec, last.who, over.reason.value_or(last.reason));
  if (targets_.empty())
    std::exchange(then_, nullptr)();
}

std::optional<term> child_shutdown::next() {
  if (now() != phase::idle || kept_.empty())
    return std::nullopt;
  auto oldest = std::move(kept_.front());
  kept_.pop_front();
  return oldest;
}

} // namespace websock::runtime::detail
