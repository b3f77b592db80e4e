// From peer_info to metrics.
#include "cluster_metrics.hpp"

#include "cluster.hpp"

#include <cstdint>
#include <string>

namespace websock::runtime {

namespace {

[[nodiscard]] double figure_of(std::uint64_t count) noexcept {
  return static_cast<double>(count);
}

void add_peer(const peer_info& peer, metric_set& into) {
  const metric_labels which{{"node", peer.name}};
  const metric_labels in{{"node", peer.name}, {"direction", "in"}};
  const metric_labels out{{"node", peer.name}, {"direction", "out"}};
  into.gauge("websock_cluster_connected", "Whether another node is connected: 1 or 0",
             peer.is_connected ? 1 : 0, which);
  constexpr auto messages = "Messages between the nodes";
  into.counter("websock_cluster_messages_total", messages,
               figure_of(peer.messages_received), in);
  into.counter("websock_cluster_messages_total", messages, figure_of(peer.messages_sent),
               out);
  constexpr auto octets = "Octets between the nodes";
  into.counter("websock_cluster_bytes_total", octets, figure_of(peer.octets_received),
               in);
  into.counter("websock_cluster_bytes_total", octets, figure_of(peer.octets_sent), out);
  into.counter(
      "websock_cluster_dropped_total",
      "Messages for a node that could not be reached, or for which too much waited",
      figure_of(peer.messages_dropped), which);
  into.counter("websock_cluster_losses_total", "Connections to a node that were lost",
               figure_of(peer.losses), which);
  into.gauge("websock_cluster_unsent_bytes", "Octets that wait for a node",
             figure_of(peer.octets_unsent), which);
}

} // namespace

metric_source cluster_metrics(node& owner, const cluster& peers) {
  return {owner, "websock.cluster", [&peers](metric_set& into) {
            for (const auto& each : peers.peers())
              if (each.connects != 0) // names that were only heard of would be too many
                add_peer(each, into);
          }};
}

} // namespace websock::runtime
