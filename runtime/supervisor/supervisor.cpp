// The life of a supervisor: starts, restarts, ordered shutdown, and its replies.
#include "supervisor.hpp"

#include "../address/system_message.hpp"
#include "../process/node.hpp"
#include "child_supervision.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace websock::runtime {

namespace {

[[nodiscard]] std::optional<bad_start_spec> check(const supervisor_options& options) {
  for (auto at = options.children.begin(); at != options.children.end(); ++at) {
    if (!is_allowed(*at, options.auto_shutdown))
      return bad_start_spec{"child \"" + at->id + "\" must not be significant"};
    if (std::any_of(options.children.begin(), at,
                    [&](const child_spec& other) { return other.id == at->id; }))
      return bad_start_spec{"two children are named \"" + at->id + "\""};
  }
  return std::nullopt;
}

} // namespace

bool is_allowed(const child_spec& child, auto_shutdown ends) noexcept {
  return !child.significant || (ends != never && child.restart != permanent);
}

supervisor::supervisor(supervisor_options options)
    : options_(std::move(options)),
      supervision_(std::make_unique<detail::child_supervision>(
          static_cast<detail::supervisor_kind&>(*this), options_.max_restarts,
          options_.max_period)) {
}

supervisor::~supervisor() = default;

void supervisor::on_message(term message) {
  supervision_->take(message);
}

void supervisor::on_start() {
  supervision_->start(self(), options_.name, check(options_));
  for (auto& each : std::exchange(options_.children, {}))
    children_.push_back({std::move(each), {}, child_status::stopped});
  const auto failed = start_range(0, children_.size());
  if (!failed)
    return;
  start_failure_ = reason::shutdown(
      failed_to_start_child{children_[failed->index].spec.id, failed->result.failed});
  supervision_->when_left(failed->result, [this] { end(*start_failure_); });
}

void supervisor::child_exited(const runtime::pid& child, const exit_reason& why) {
  for (std::size_t i = 0; i < children_.size(); ++i)
    if (children_[i].process == child)
      return child_exited(i, why);
}

void supervisor::child_exited(std::size_t index, const exit_reason& why) {
  const auto& [spec, process, status] = children_[index];
  if (supervision_->is_restarted(spec, process, why))
    return restart(index, why);
  const bool was_last = ends_without(index);
  forget(index);
  if (was_last)
    end(reason::shutdown);
}

bool supervisor::ends_without(std::size_t index) const {
  const auto& gone = children_[index];
  if (!gone.spec.significant || options_.auto_shutdown == never)
    return false;
  return options_.auto_shutdown == any_significant
         || std::none_of(children_.begin(), children_.end(), [&](const entry& each) {
              return each.spec.significant && &each != &gone
                     && each.status != child_status::stopped;
            });
}

// The child at `index` has exited, or its last start failed.
void supervisor::restart(std::size_t index, const exit_reason& why) {
  auto& child = children_[index];
  if (!supervision_->may_restart(child.spec, child.process)) {
    if (options_.gave_up)
      options_.gave_up(child.spec.id, why);
    forget(index);
    return end(reason::shutdown);
  }
  child.process = {};
  child.status = child_status::stopped;
  switch (options_.strategy) {
  case restart_strategy::one_for_one:
    return start_again(index, index + 1);
  case restart_strategy::one_for_all:
    return stop_range(0, children_.size(), [this] { start_again(0, children_.size()); });
  case restart_strategy::rest_for_one:
    return stop_range(index, children_.size(),
                      [this, index] { start_again(index, children_.size()); });
  }
}

void supervisor::start_again(std::size_t first, std::size_t last) {
  const auto failed = start_range(first, last);
  if (!failed)
    return;
  auto& child = children_[failed->index];
  child.status = child_status::restarting;
  supervision_->retry(
      failed->result,
      [this, id = child.spec.id, why = failed->result.failed] { try_again(id, why); });
}

void supervisor::try_again(std::string_view id, const exit_reason& why) {
  const auto index = find(id);
  if (index && children_[*index].status == child_status::restarting)
    restart(*index, why);
}

start_result supervisor::start(std::size_t index) {
  auto result = supervision_->start_child(children_[index].spec);
  children_[index].process = result.process;
  children_[index].status =
      result.is_up() ? child_status::running : child_status::stopped;
  return result;
}

std::optional<supervisor::failure> supervisor::start_range(std::size_t first,
                                                           std::size_t last) {
  for (std::size_t i = first; i < last;) {
    auto result = start(i);
    if (!result.is_up() && !result.is_ignored()) {
      supervision_->report_failed_start(children_[i].spec, result.failed);
      return failure{i, std::move(result)};
    }
    if (result.is_ignored() && children_[i].spec.restart == temporary) {
      forget(i);
      --last;
    } else {
      ++i;
    }
  }
  return std::nullopt;
}

void supervisor::stop_one(std::size_t index, action next) {
  const auto& child = children_[index];
  if (child.status == child_status::running)
    supervision_->stop(child.process, child.spec);
  supervision_->then([this, index, next = std::move(next)] {
    forget(index);
    next();
  });
}

// Last child first, each once the one before it is gone.
void supervisor::stop_range(std::size_t first, std::size_t last, action next) {
  for (; last > first; --last) {
    if (children_[last - 1].status != child_status::running) {
      forget(last - 1);
      continue;
    }
    return stop_one(last - 1, [this, first, last, next = std::move(next)] {
      stop_range(first, last - 1, next);
    });
  }
  next();
}

void supervisor::forget(std::size_t index) {
  auto& child = children_[index];
  child.process = {};
  child.status = child_status::stopped;
  if (child.spec.restart == temporary)
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(index));
}

void supervisor::end(const exit_reason& why) {
  stop_range(0, children_.size(), [why] { process::exit(why); });
}

bool supervisor::serve(const gen_call& call) {
  const from& caller = call.caller;
  return call.request.match(
      [&](const request::terminate_child& each) {
        terminate(each.id, caller);
        return true;
      },
      [&](const request::restart_child& each) {
        start_stopped(each.id, caller);
        return true;
      },
      [&](const request::delete_child& each) {
        reply(caller, remove(each.id));
        return true;
      },
      [](otherwise) { return false; });
}

std::optional<std::size_t> supervisor::find(std::string_view id) const {
  const auto found = std::find_if(children_.begin(), children_.end(),
                                  [&](const entry& each) { return each.spec.id == id; });
  if (found == children_.end())
    return std::nullopt;
  return static_cast<std::size_t>(found - children_.begin());
}

void supervisor::add(const child_spec& spec, const from& caller) {
  if (!is_allowed(spec, options_.auto_shutdown))
    return reply(caller, refused(child_error::bad_spec));
  if (const auto present = find(spec.id)) {
    const auto& there = children_[*present];
    return reply(caller,
                 there.status == child_status::running
                     ? child_result{there.process, child_error::already_started, {}}
                     : refused(child_error::already_present));
  }
  children_.push_back({spec, {}, child_status::stopped});
  const auto result = start(children_.size() - 1);
  const bool is_kept =
      result.is_up() || (result.is_ignored() && spec.restart != temporary);
  if (!is_kept)
    children_.pop_back();
  supervision_->answer(caller, result);
}

void supervisor::terminate(std::string_view id, const from& caller) {
  const auto index = find(id);
  if (!index)
    return reply(caller, refused(child_error::not_found));
  stop_one(*index, [caller] { reply(caller, child_result()); });
}

std::optional<child_error> supervisor::why_not_stopped(std::string_view id) const {
  const auto index = find(id);
  if (!index)
    return child_error::not_found;
  switch (children_[*index].status) {
  case child_status::running:
    return child_error::running;
  case child_status::restarting:
    return child_error::restarting;
  case child_status::stopped:
    break;
  }
  return std::nullopt;
}

void supervisor::start_stopped(std::string_view id, const from& caller) {
  if (const auto error = why_not_stopped(id))
    return reply(caller, refused(*error));
  const auto result = start(find(id).value());
  supervision_->answer(caller, result);
}

child_result supervisor::remove(std::string_view id) {
  if (const auto error = why_not_stopped(id))
    return refused(*error);
  children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(find(id).value()));
  return {};
}

// Last started first, as in OTP.
std::vector<child_info> supervisor::list() const {
  std::vector<child_info> all;
  std::transform(
      children_.rbegin(), children_.rend(), std::back_inserter(all),
      [](const entry& each) {
        return child_info{each.spec.id, each.status, each.process, each.spec.type};
      });
  return all;
}

child_counts supervisor::count() const {
  child_counts counts;
  for (const auto& each : children_)
    counts.add(each.spec, each.status);
  return counts;
}

} // namespace websock::runtime
