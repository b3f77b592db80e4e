// A source of metrics that lasts as long as an object.
#pragma once

#include "metric_set.hpp"

#include <functional>
#include <string>

namespace websock::runtime {

class node;

/// While it lives, `give` is asked at each reading of the metrics of `owner`, on the
/// thread that reads: it must be quick. The node must outlive it.
class metric_source {
public:
  /// Throws std::invalid_argument when `id` is taken.
  metric_source(node& owner, std::string id, std::function<void(metric_set&)> give);
  /// Waits until it is not asked any more. Not from `give`.
  ~metric_source();
  metric_source(const metric_source&) = delete;
  metric_source& operator=(const metric_source&) = delete;

private:
  node& owner_;
  const std::string id_;
};

} // namespace websock::runtime
