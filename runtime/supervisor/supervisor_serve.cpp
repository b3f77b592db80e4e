// What a supervisor answers.
#include "websock/runtime/supervisor/supervisor.hpp"
#include "websock/runtime/supervisor/supervisor_stops.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime {

namespace {

[[nodiscard]] child_result refused(child_error error) {
  return {{}, error, {}};
}

[[nodiscard]] child_result answer_of(const start_result& start) {
  if (start.is_up() || start.is_ignored())
    return {start.process, std::nullopt, {}};
  return {{}, child_error::failed, start.failed};
}

} // namespace

void supervisor::serve(const gen_call& call) {
  const from& caller = call.caller;
  call.request.match(
      [&](const request::start_child& each) { add(each.spec, caller); },
      [&](const request::terminate_child& each) { terminate(each.id, caller); },
      [&](const request::restart_child& each) { start_stopped(each.id, caller); },
      [&](const request::delete_child& each) { reply(caller, remove(each.id)); },
      [&](request::which_children) { reply(caller, list()); },
      [&](request::count_children) { reply(caller, count()); },
      [&](const request::stop& each) { end(each.why); },
      [&](const term& other) {
        end(reason::error("a supervisor does not know the request " + to_string(other)));
      });
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
  when_left(result.leaving, [result, caller] { reply(caller, answer_of(result)); });
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
  when_left(result.leaving, [result, caller] { reply(caller, answer_of(result)); });
}

child_result supervisor::remove(std::string_view id) {
  if (const auto error = why_not_stopped(id))
    return refused(*error);
  children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(find(id).value()));
  return {};
}

// The last started first, as OTP does.
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
