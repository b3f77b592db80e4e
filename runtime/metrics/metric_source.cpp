// Adding a source, and removing it.
#include "metric_source.hpp"

#include "metrics.hpp"

#include <utility>

namespace websock::runtime {

metric_source::metric_source(node& owner, std::string id,
                             std::function<void(metric_set&)> give)
    : owner_(owner), id_(std::move(id)) {
  metrics_of(owner_).add_source(id_, std::move(give));
}

metric_source::~metric_source() {
  metrics_of(owner_).remove_source(id_);
}

} // namespace websock::runtime
