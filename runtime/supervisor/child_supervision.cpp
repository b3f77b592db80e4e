// What all kinds of supervisors share.
#include "child_supervision.hpp"

#include "../address/system_message.hpp"
#include "../process/node.hpp"
#include "../telemetry/event.hpp"
#include "../telemetry/runtime_events.hpp"
#include "supervisor_report.hpp"

#include <utility>

namespace websock::runtime::detail {

namespace {

/// Sent to itself: retries a failed restart after the messages already in the mailbox.
struct retry_later {
  std::function<void()> again;
};

[[nodiscard]] child_result result_of(const start_result& start) {
  if (start.is_up() || start.is_ignored())
    return {start.process, std::nullopt, {}};
  return {{}, child_error::failed, start.failed};
}

} // namespace

void child_supervision::start(process& self, const std::string& name,
                              std::optional<bad_start_spec> bad) {
  self_ = &self;
  self.trap_exit(true);
  if (!intensity_.is_valid())
    bad = bad_start_spec{"max_period must be positive"};
  if (bad)
    process::exit(reason::of(*bad));
  if (!name.empty())
    self.register_name(name);
}

void child_supervision::take(const term& message) {
  if (!shutdown_.take(*self_, message))
    handle(message);
  while (const auto kept = shutdown_.next())
    handle(*kept);
}

void child_supervision::handle(const term& message) {
  if (const auto* call = message.get_if<gen_call>()) {
    serve(*call);
  } else if (const auto* retry = message.get_if<retry_later>()) {
    retry->again();
  } else if (const auto* signal = message.get_if<exit_signal>()) {
    // No sender: the node itself is stopping.
    if (!signal->from || signal->from == self_->parent())
      kind_.end(signal->reason);
    else
      kind_.child_exited(signal->from, signal->reason);
  } else {
    self_->node().log(log_level::error,
                      "supervisor " + to_string(self_->pid())
                          + " got an unexpected message: " + to_string(message));
  }
}

void child_supervision::serve(const gen_call& call) {
  const from& caller = call.caller;
  call.request.match(
      [&](const request::start_child& each) { kind_.add(each.spec, caller); },
      [&](request::which_children) { reply(caller, kind_.list()); },
      [&](request::count_children) { reply(caller, kind_.count()); },
      [&](const request::stop& each) { kind_.end(each.why); },
      [&](const term& other) {
        if (!kind_.serve(call))
          kind_.end(reason::error("a supervisor does not know the request "
                                  + to_string(other)));
      });
}

start_result child_supervision::start_child(const child_spec& spec) {
  return detail::start_child(spec, *self_);
}

void child_supervision::report_failed_start(const child_spec& spec,
                                            const exit_reason& why) const {
  report(*self_, "start_error", spec, {}, why, "it did not come up");
}

void child_supervision::answer(const from& caller, const start_result& start) {
  when_left(start, [caller, result = result_of(start)] { reply(caller, result); });
}

void child_supervision::retry(const start_result& failed, std::function<void()> again) {
  when_left(failed, [this, later = retry_later{std::move(again)}] {
    send_kept(self_->pid(), later);
  });
}

void child_supervision::when_left(const start_result& start, std::function<void()> step) {
  if (start.leaving)
    shutdown_.await(*self_, start.leaving);
  shutdown_.then(std::move(step));
}

bool child_supervision::is_restarted(const child_spec& spec, const pid& child,
                                     const exit_reason& why) const {
  report_end(*self_, spec, child, why);
  return spec.restart == permanent || (spec.restart == transient && why.is_abnormal());
}

bool child_supervision::may_restart(const child_spec& spec, const pid& child) {
  const bool may = intensity_.add(self_->now());
  self_->node().events().tell(
      may ? events::supervisor_restart : events::supervisor_gave_up, [&] {
        return event_facts{
            {}, {{"supervisor", self_->pid()}, {"child", spec.id}, {"pid", child}}};
      });
  if (may)
    return true;
  report(*self_, "shutdown", spec, child,
         reason::of(std::string("reached_max_restart_intensity")),
         "the supervisor stops");
  return false;
}

void child_supervision::stop(const pid& child, const child_spec& spec) {
  shutdown_.begin(*self_, child, spec);
}

void child_supervision::then(std::function<void()> step) {
  shutdown_.then(std::move(step));
}

} // namespace websock::runtime::detail
