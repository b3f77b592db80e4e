// The defaults of a child spec, and how a child starts.
#include "child_spec.hpp"

#include "../term/thrown.hpp"

#include <utility>

namespace websock::runtime::detail {

start_result start_child(const child_spec& spec, process& parent) {
  try {
    return spec.start(parent);
  } catch (const exit_request&) { // the parent itself is exiting
    throw;
  } catch (...) {
    return {{}, thrown_reason(), {}, false};
  }
}

child_spec make_child_spec(std::string id, const child_options& options, child_type usual,
                           std::function<start_result(process&)> start) {
  child_spec spec;
  spec.id = std::move(id);
  spec.start = std::move(start);
  spec.restart = options.restart;
  spec.type = options.type.value_or(usual);
  if (spec.type == child_type::supervisor)
    spec.shutdown = infinity;
  if (options.shutdown)
    spec.shutdown = *options.shutdown;
  spec.significant = options.significant;
  return spec;
}

} // namespace websock::runtime::detail
