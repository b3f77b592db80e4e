// How a supervisor's replies print.
#include "supervisor_requests.hpp"

#include "../term/term.hpp"

namespace websock::runtime {

std::string to_string(child_error error) {
  switch (error) {
  case child_error::already_present:
    return "already_present";
  case child_error::already_started:
    return "already_started";
  case child_error::not_found:
    return "not_found";
  case child_error::running:
    return "running";
  case child_error::restarting:
    return "restarting";
  case child_error::max_children:
    return "max_children";
  case child_error::bad_spec:
    return "bad_spec";
  case child_error::failed:
    break;
  }
  return "failed";
}

std::string to_string(const child_result& result) {
  if (!result.error)
    return result.process ? "{ok, " + to_string(result.process) + "}" : "ok";
  if (*result.error == child_error::failed)
    return "{error, " + to_string(result.reason) + "}";
  if (*result.error == child_error::already_started)
    return "{error, {already_started, " + to_string(result.process) + "}}";
  return "{error, " + to_string(*result.error) + "}";
}

std::string to_string(const child_info& info) {
  std::string out = "{";
  detail::print_quoted(out, info.id);
  out += ", ";
  if (info.status == child_status::running)
    out += to_string(info.process);
  else
    out += info.status == child_status::restarting ? "restarting" : "undefined";
  return out + (info.type == child_type::worker ? ", worker}" : ", supervisor}");
}

void child_counts::add(const child_spec& spec, child_status status) noexcept {
  ++specs;
  active += status == child_status::running ? 1 : 0;
  ++(spec.type == child_type::worker ? workers : supervisors);
}

std::string to_string(const child_counts& counts) {
  return "{specs: " + std::to_string(counts.specs)
         + ", active: " + std::to_string(counts.active)
         + ", supervisors: " + std::to_string(counts.supervisors)
         + ", workers: " + std::to_string(counts.workers) + "}";
}

std::string to_string(const failed_to_start_child& failure) {
  std::string out = "{failed_to_start_child, ";
  detail::print_quoted(out, failure.id);
  return out + ", " + to_string(failure.reason) + "}";
}

std::string to_string(const bad_start_spec& bad) {
  return "{start_spec, " + bad.why + "}";
}

} // namespace websock::runtime
