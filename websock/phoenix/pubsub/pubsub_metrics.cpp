// From pubsub_figures to metrics.
#include "websock/phoenix/pubsub/pubsub_metrics.hpp"

#include "websock/phoenix/pubsub/pubsub.hpp"

namespace websock::phoenix {

runtime::metric_source pubsub_metrics(runtime::node& owner, const pubsub& its,
                                      const std::string& name) {
  return {owner, "websock.phoenix." + name, [&its, name](runtime::metric_set& into) {
            const auto now = its.figures();
            const runtime::metric_labels which{{"pubsub", name}};
            into.counter("websock_phoenix_received_total",
                         "Messages that nodes of the application have published here",
                         static_cast<double>(now.received), which);
            into.counter("websock_phoenix_sent_total",
                         "Messages to nodes of the application",
                         static_cast<double>(now.sent), which);
            into.counter("websock_phoenix_lost_total",
                         "Messages to them that were lost for want of memory",
                         static_cast<double>(now.lost), which);
            into.counter("websock_phoenix_unencodable_total",
                         "Broadcasts that clients cannot be told",
                         static_cast<double>(now.unencodable), which);
            into.counter("websock_phoenix_malformed_total",
                         "Messages to a worker that are no publications",
                         static_cast<double>(now.malformed), which);
          }};
}

} // namespace websock::phoenix
