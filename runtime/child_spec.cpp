// The defaults of a child.
#include "runtime/child_spec.hpp"

namespace runtime::detail {

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

} // namespace runtime::detail
