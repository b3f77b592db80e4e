// Starts and calls supervisors from a thread.
#include "supervisor_calls.hpp"

#include <utility>

namespace websock::runtime {

namespace {

/// Starts a T; after a failure, waits until it is gone.
template <class T, class Options>
start_result start_and_wait(thread_process& parent, Options options) {
  auto result = parent.in_process(
      [&](process& self) { return self.start_link<T>(std::move(options)); });
  if (const auto leaving = std::exchange(result.leaving, pid())) {
    try { // it is already stopping and will not reply: just wait for its exit
      parent.call(leaving, infinity, request::stop{result.failed});
    } catch (const call_failed&) { // it has exited
    }
  }
  return result;
}

} // namespace

start_result start_supervisor(process& parent, supervisor_options options) {
  return parent.start_link<supervisor>(std::move(options));
}

start_result start_supervisor(thread_process& parent, supervisor_options options) {
  return start_and_wait<supervisor>(parent, std::move(options));
}

pid start_supervisor(node& on, supervisor_options options) {
  return on.spawn<supervisor>(std::move(options));
}

start_result start_dynamic_supervisor(process& parent,
                                      dynamic_supervisor_options options) {
  return parent.start_link<dynamic_supervisor>(std::move(options));
}

start_result start_dynamic_supervisor(thread_process& parent,
                                      dynamic_supervisor_options options) {
  return start_and_wait<dynamic_supervisor>(parent, std::move(options));
}

pid start_dynamic_supervisor(node& on, dynamic_supervisor_options options) {
  return on.spawn<dynamic_supervisor>(std::move(options));
}

child_result start_child(thread_process& me, const pid& supervisor, child_spec spec) {
  return me.call<child_result>(supervisor, infinity,
                               request::start_child{std::move(spec)});
}

child_result terminate_child(thread_process& me, const pid& supervisor, std::string id) {
  return me.call<child_result>(supervisor, infinity,
                               request::terminate_child{std::move(id)});
}

child_result terminate_child(thread_process& me, const pid& supervisor,
                             const pid& child) {
  return me.call<child_result>(supervisor, infinity, request::terminate_process{child});
}

child_result delete_child(thread_process& me, const pid& supervisor, std::string id) {
  return me.call<child_result>(supervisor, infinity,
                               request::delete_child{std::move(id)});
}

child_result restart_child(thread_process& me, const pid& supervisor, std::string id) {
  return me.call<child_result>(supervisor, infinity,
                               request::restart_child{std::move(id)});
}

std::vector<child_info> which_children(thread_process& me, const pid& supervisor) {
  return me.call<std::vector<child_info>>(supervisor, infinity,
                                          request::which_children{});
}

child_counts count_children(thread_process& me, const pid& supervisor) {
  return me.call<child_counts>(supervisor, infinity, request::count_children{});
}

void stop(thread_process& me, const pid& server, const exit_reason& why, duration limit) {
  try {
    me.call(server, limit, request::stop{why});
  } catch (const call_failed& ended) {
    if (ended.reason() != why)
      throw;
  }
}

} // namespace websock::runtime
