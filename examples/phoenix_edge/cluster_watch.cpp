// Looks once a second: a page needs no more.
#include "examples/phoenix_edge/cluster_watch.hpp"

#include <chrono>
#include <utility>

namespace phoenix_edge {

cluster_watch::cluster_watch(const websock::phoenix::pubsub* app, std::string edge,
                             std::string pubsub)
    : app_(app), edge_(std::move(edge)), pubsub_(std::move(pubsub)) {
}

websock::join_result cluster_watch::join(std::string_view, const payload&) {
  nodes_ = app_->nodes();
  self().send_interval(std::chrono::seconds(1), self(), look{});
  return ok({{"edge", edge_}, {"pubsub", pubsub_}, {"nodes", nodes_}});
}

websock::channel_result cluster_watch::handle_info(websock::runtime::term info) {
  if (!info.is<look>())
    return noreply();
  if (auto now = app_->nodes(); now != nodes_) {
    nodes_ = std::move(now);
    push("nodes", {{"nodes", nodes_}});
  }
  return noreply();
}

} // namespace phoenix_edge
