// The life of a dynamic supervisor.
#include "websock/runtime/supervisor/dynamic_supervisor.hpp"

#include "websock/runtime/address/system_message.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/supervisor/supervisor_report.hpp"
#include "websock/runtime/supervisor/supervisor_restarts.hpp"
#include "websock/runtime/supervisor/supervisor_stops.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace websock::runtime {

namespace {

/// To itself: a restart that failed is tried again behind what waits in the mailbox.
struct retry {
  pid old;
};

} // namespace

dynamic_supervisor::dynamic_supervisor(dynamic_supervisor_options options)
    : options_(std::move(options)),
      restarts_(std::make_unique<detail::supervisor_restarts>(options_.max_restarts,
                                                              options_.max_period)),
      stops_(std::make_unique<detail::supervisor_stops>()) {
}

dynamic_supervisor::~dynamic_supervisor() = default;

void dynamic_supervisor::on_start() {
  self().trap_exit(true);
  if (options_.max_period <= duration::zero())
    process::exit(reason::of(bad_start_spec{"max_period must be positive"}));
  if (!options_.name.empty())
    self().register_name(options_.name);
}

void dynamic_supervisor::on_message(term message) {
  if (!stops_->take(self(), message))
    handle(message);
  while (const auto kept = stops_->next())
    handle(*kept);
}

void dynamic_supervisor::handle(const term& message) {
  if (const auto* call = message.get_if<gen_call>()) {
    serve(*call);
  } else if (const auto* again = message.get_if<retry>()) {
    try_again(again->old);
  } else if (const auto* signal = message.get_if<exit_signal>()) {
    // No sender: the node itself, which stops.
    if (!signal->from || signal->from == self().parent())
      return end(signal->reason);
    const auto child = children_.find(signal->from);
    if (child != children_.end() && child->second.status == child_status::running)
      child_exited(child, signal->reason);
  } else {
    self().node().log(log_level::error,
                      "supervisor " + to_string(self().pid())
                          + " got an unexpected message: " + to_string(message));
  }
}

void dynamic_supervisor::serve(const gen_call& call) {
  const from& caller = call.caller;
  const auto unknown_id = [&] {
    reply(caller, child_result{{}, child_error::not_found, {}});
  };
  call.request.match(
      [&](const request::start_child& each) { add(each.spec, caller); },
      [&](const request::terminate_process& each) { terminate(each.process, caller); },
      [&](const request::terminate_child&) { unknown_id(); },
      [&](const request::restart_child&) { unknown_id(); },
      [&](const request::delete_child&) { unknown_id(); },
      [&](request::which_children) { reply(caller, list()); },
      [&](request::count_children) { reply(caller, count()); },
      [&](const request::stop& each) { end(each.why); },
      [&](const term& other) {
        end(reason::error("a supervisor does not know the request " + to_string(other)));
      });
}

void dynamic_supervisor::add(const child_spec& spec, const from& caller) {
  if (spec.significant)
    return reply(caller, child_result{{}, child_error::bad_spec, {}});
  if (children_.size() >= options_.max_children)
    return reply(caller, child_result{{}, child_error::max_children, {}});
  const auto start = detail::start_child(spec, self());
  if (start.is_up())
    children_.emplace(start.process, entry{spec, child_status::running});
  child_result answer{start.process, std::nullopt, {}};
  if (!start.is_up() && !start.is_ignored())
    answer = {{}, child_error::failed, start.failed};
  when_left(start.leaving, [answer, caller] { reply(caller, answer); });
}

void dynamic_supervisor::terminate(const pid& child, const from& caller) {
  const auto found = children_.find(child);
  if (found == children_.end())
    return reply(caller, child_result{{}, child_error::not_found, {}});
  begin_stop(child, found->second);
  stops_->then([this, child, caller] {
    children_.erase(child);
    reply(caller, child_result());
  });
}

std::vector<child_info> dynamic_supervisor::list() const {
  std::vector<child_info> all;
  std::transform(children_.begin(), children_.end(), std::back_inserter(all),
                 [](const auto& each) {
                   const auto& [who, what] = each;
                   return child_info{what.spec.id, what.status,
                                     what.status == child_status::running ? who : pid(),
                                     what.spec.type};
                 });
  return all;
}

child_counts dynamic_supervisor::count() const {
  child_counts counts;
  for (const auto& [who, what] : children_)
    counts.add(what.spec, what.status);
  return counts;
}

void dynamic_supervisor::child_exited(children::iterator child, const exit_reason& why) {
  const child_spec& spec = child->second.spec;
  detail::report_end(self(), spec, child->first, why);
  if (spec.restart == permanent || (spec.restart == transient && why.is_abnormal()))
    restart(child);
  else
    children_.erase(child);
}

void dynamic_supervisor::restart(children::iterator child) {
  const child_spec& spec = child->second.spec;
  if (!restarts_->add(self().now())) {
    detail::report(self(), "shutdown", spec, child->first,
                   reason::of(std::string("reached_max_restart_intensity")),
                   "the supervisor stops");
    children_.erase(child);
    return end(reason::shutdown);
  }
  const auto start = detail::start_child(spec, self());
  if (start.is_up() || start.is_ignored()) {
    auto known = children_.extract(child);
    if (!start.is_up())
      return;
    known.key() = start.process;
    known.mapped().status = child_status::running;
    children_.insert(std::move(known));
    return;
  }
  detail::report(self(), "start_error", spec, {}, start.failed, "it did not come up");
  child->second.status = child_status::restarting;
  when_left(start.leaving, [this, again = retry{child->first}] {
    detail::send_kept(self().pid(), again);
  });
}

void dynamic_supervisor::try_again(const pid& old) {
  const auto child = children_.find(old);
  if (child != children_.end() && child->second.status == child_status::restarting)
    restart(child);
}

void dynamic_supervisor::begin_stop(const pid& child, const entry& what) {
  if (what.status != child_status::running)
    return;
  stops_->begin(self(), child, what.spec.shutdown, [this, child](const exit_reason& why) {
    detail::report_stop(self(), children_.at(child).spec, child, why);
  });
}

void dynamic_supervisor::when_left(const pid& leaving, std::function<void()> next) {
  if (leaving)
    stops_->await(self(), leaving);
  stops_->then(std::move(next));
}

void dynamic_supervisor::end(const exit_reason& why) {
  for (const auto& [who, what] : children_)
    begin_stop(who, what);
  stops_->then([why] { process::exit(why); });
}

} // namespace websock::runtime
