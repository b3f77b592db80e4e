// From engine_figures to metrics.
#include "engine_metrics.hpp"

#include "engine.hpp"

namespace websock::runtime::redis {

namespace {

void add_figures(const engine_figures& its, metric_set& into) {
  into.gauge("websock_redis_connected",
             "Whether both connections to Redis are up: 1 or 0",
             its.is_connected ? 1 : 0);
  into.gauge("websock_redis_unsent_bytes", "Octets that wait for Redis",
             static_cast<double>(its.octets_unsent));
  into.counter("websock_redis_published_total", "Publications handed to Redis",
               static_cast<double>(its.published));
  into.counter("websock_redis_dropped_total",
               "Publications dropped: not connected, or too much unsent",
               static_cast<double>(its.dropped));
  into.counter("websock_redis_refused_total", "Publications that Redis has refused",
               static_cast<double>(its.refused));
  into.counter("websock_redis_received_total", "Publications of other nodes",
               static_cast<double>(its.received));
  into.counter("websock_redis_gaps_total", "Gaps in what other nodes have published",
               static_cast<double>(its.gaps));
  into.counter("websock_redis_lost_total", "Publications in these gaps",
               static_cast<double>(its.lost));
  into.counter("websock_redis_late_total",
               "Publications that came after their gap was told",
               static_cast<double>(its.late));
  into.counter("websock_redis_malformed_total", "Messages that are no publication",
               static_cast<double>(its.malformed));
  into.counter("websock_redis_losses_total", "Connections to Redis that were lost",
               static_cast<double>(its.losses));
  into.counter("websock_redis_unkept_total",
               "Publications that the history of their topic has refused",
               static_cast<double>(its.unkept));
  into.counter("websock_redis_histories_begun_anew_total",
               "How often this node had all histories begin anew",
               static_cast<double>(its.begun_anew));
}

} // namespace

metric_source engine_metrics(node& owner, const engine& its) {
  return {owner, "websock.redis",
          [&its](metric_set& into) { add_figures(its.figures(), into); }};
}

} // namespace websock::runtime::redis
