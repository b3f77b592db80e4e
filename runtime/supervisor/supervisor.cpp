// The life of a supervisor: starting, restarting, and stopping in order.
#include "websock/runtime/supervisor/supervisor.hpp"

#include "websock/runtime/address/system_message.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/supervisor/supervisor_report.hpp"
#include "websock/runtime/supervisor/supervisor_restarts.hpp"
#include "websock/runtime/supervisor/supervisor_stops.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime {

namespace {

/// To itself: a restart that failed is tried again behind what waits in the mailbox.
struct retry {
  std::string id;
  exit_reason why; // it failed
};

[[nodiscard]] std::optional<bad_start_spec> check(const supervisor_options& options) {
  if (options.max_period <= duration::zero())
    return bad_start_spec{"max_period must be positive"};
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
      restarts_(std::make_unique<detail::supervisor_restarts>(options_.max_restarts,
                                                              options_.max_period)),
      stops_(std::make_unique<detail::supervisor_stops>()) {
}

supervisor::~supervisor() = default;

void supervisor::on_start() {
  self().trap_exit(true);
  if (const auto bad = check(options_))
    process::exit(reason::of(*bad));
  if (!options_.name.empty())
    self().register_name(options_.name);
  for (auto& each : std::exchange(options_.children, {}))
    children_.push_back({std::move(each), {}, child_status::stopped});
  const auto failed = start_range(0, children_.size());
  if (!failed)
    return;
  start_failure_ = reason::shutdown(
      failed_to_start_child{children_[failed->index].spec.id, failed->result.failed});
  when_left(failed->result.leaving, [this] { end(*start_failure_); });
}

void supervisor::on_message(term message) {
  if (!stops_->take(self(), message))
    handle(message);
  while (const auto kept = stops_->next())
    handle(*kept);
}

void supervisor::handle(const term& message) {
  if (const auto* call = message.get_if<gen_call>()) {
    serve(*call);
  } else if (const auto* again = message.get_if<retry>()) {
    try_again(again->id, again->why);
  } else if (const auto* signal = message.get_if<exit_signal>()) {
    // No sender: the node itself, which stops.
    if (!signal->from || signal->from == self().parent())
      return end(signal->reason);
    for (std::size_t i = 0; i < children_.size(); ++i)
      if (children_[i].process == signal->from)
        return child_exited(i, signal->reason);
  } else {
    self().node().log(log_level::error,
                      "supervisor " + to_string(self().pid())
                          + " got an unexpected message: " + to_string(message));
  }
}

void supervisor::child_exited(std::size_t index, const exit_reason& why) {
  const child_spec& spec = children_[index].spec;
  detail::report_end(self(), spec, children_[index].process, why);
  if (spec.restart == permanent || (spec.restart == transient && why.is_abnormal()))
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

// The child at `index` has exited, or could not be started the last time.
void supervisor::restart(std::size_t index, const exit_reason& why) {
  auto& child = children_[index];
  if (!restarts_->add(self().now())) {
    detail::report(self(), "shutdown", child.spec, child.process,
                   reason::of(std::string("reached_max_restart_intensity")),
                   "the supervisor stops");
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
  when_left(failed->result.leaving,
            [this, again = retry{child.spec.id, failed->result.failed}] {
              detail::send_kept(self().pid(), again);
            });
}

void supervisor::try_again(std::string_view id, const exit_reason& why) {
  const auto index = find(id);
  if (index && children_[*index].status == child_status::restarting)
    restart(*index, why);
}

start_result supervisor::start(std::size_t index) {
  auto result = detail::start_child(children_[index].spec, self());
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
      detail::report(self(), "start_error", children_[i].spec, {}, result.failed,
                     "it did not come up");
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

// A failed start is over when the process is gone: one that is a supervisor may still be
// stopping its children.
void supervisor::when_left(const runtime::pid& leaving, action next) {
  if (leaving)
    stops_->await(self(), leaving);
  stops_->then(std::move(next));
}

void supervisor::stop_one(std::size_t index, action next) {
  const auto& child = children_[index];
  if (child.status == child_status::running)
    stops_->begin(self(), child.process, child.spec.shutdown,
                  [this, index](const exit_reason& why) {
                    detail::report_stop(self(), children_[index].spec,
                                        children_[index].process, why);
                  });
  stops_->then([this, index, next = std::move(next)] {
    forget(index);
    next();
  });
}

// The last one first, each when the one before it is gone.
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

} // namespace websock::runtime
