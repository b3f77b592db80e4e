// The life of a dynamic supervisor.
#include "dynamic_supervisor.hpp"

#include "../address/system_message.hpp"
#include "../process/node.hpp"
#include "child_supervision.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace websock::runtime {

dynamic_supervisor::dynamic_supervisor(dynamic_supervisor_options options)
    : options_(std::move(options)),
      supervision_(std::make_unique<detail::child_supervision>(
          static_cast<detail::supervisor_kind&>(*this), options_.max_restarts,
          options_.max_period)) {
}

dynamic_supervisor::~dynamic_supervisor() = default;

void dynamic_supervisor::on_message(term message) {
  supervision_->take(message);
}

void dynamic_supervisor::on_start() {
  supervision_->start(self(), options_.name);
}

// Its children have no ids: a request by id gets `not_found`.
bool dynamic_supervisor::serve(const gen_call& call) {
  const from& caller = call.caller;
  const auto unknown_id = [&] {
    reply(caller, refused(child_error::not_found));
    return true;
  };
  return call.request.match(
      [&](const request::terminate_process& each) {
        terminate(each.process, caller);
        return true;
      },
      [&](const request::terminate_child&) { return unknown_id(); },
      [&](const request::restart_child&) { return unknown_id(); },
      [&](const request::delete_child&) { return unknown_id(); },
      [](otherwise) { return false; });
}

void dynamic_supervisor::add(const child_spec& spec, const from& caller) {
  if (spec.significant)
    return reply(caller, refused(child_error::bad_spec));
  if (children_.size() >= options_.max_children)
    return reply(caller, refused(child_error::max_children));
  const auto start = supervision_->start_child(spec);
  if (start.is_up())
    children_.emplace(start.process, entry{spec, child_status::running});
  supervision_->answer(caller, start);
}

void dynamic_supervisor::terminate(const pid& child, const from& caller) {
  const auto found = children_.find(child);
  if (found == children_.end())
    return reply(caller, refused(child_error::not_found));
  if (found->second.status == child_status::running)
    supervision_->stop(child, found->second.spec);
  supervision_->then([this, child, caller] {
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

void dynamic_supervisor::child_exited(const pid& child, const exit_reason& why) {
  const auto found = children_.find(child);
  if (found == children_.end() || found->second.status != child_status::running)
    return;
  if (supervision_->is_restarted(found->second.spec, child, why))
    restart(found);
  else
    children_.erase(found);
}

void dynamic_supervisor::restart(children::iterator child) {
  const child_spec& spec = child->second.spec;
  if (!supervision_->may_restart(spec, child->first)) {
    children_.erase(child);
    return end(reason::shutdown);
  }
  const auto start = supervision_->start_child(spec);
  if (start.is_up() || start.is_ignored()) {
    auto known = children_.extract(child);
    if (!start.is_up())
      return;
    known.key() = start.process;
    known.mapped().status = child_status::running;
    children_.insert(std::move(known));
    return;
  }
  supervision_->report_failed_start(spec, start.failed);
  child->second.status = child_status::restarting;
  supervision_->retry(start, [this, old = child->first] { try_again(old); });
}

void dynamic_supervisor::try_again(const pid& old) {
  const auto child = children_.find(old);
  if (child != children_.end() && child->second.status == child_status::restarting)
    restart(child);
}

void dynamic_supervisor::end(const exit_reason& why) {
  for (const auto& [child, known] : children_)
    if (known.status == child_status::running)
      supervision_->stop(child, known.spec);
  supervision_->then([why] { process::exit(why); });
}

} // namespace websock::runtime
