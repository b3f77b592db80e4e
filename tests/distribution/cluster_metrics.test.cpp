// The other nodes of a cluster as metrics: on stepped nodes.
#include "websock/runtime/distribution/cluster_metrics.hpp"

#include "websock/runtime/metrics/metrics.hpp"

#include "tests/distribution/stepped_cluster.hpp"

#include <string>

using namespace tests;

namespace {

[[nodiscard]] std::string read(stepped_cluster& nodes) {
  std::string text;
  runtime::metrics_of(nodes.node(0).node())
      .collect([&text](const runtime::metric_set& all) {
        text = runtime::to_text(all, runtime::metric_format::prometheus);
      });
  nodes.run_until_idle();
  return text;
}

[[nodiscard]] bool has_line(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("a node that was connected once is among the metrics, while they are shown") {
  stepped_cluster nodes(1);
  const std::string which = "{node=\"" + std::string(nodes.name(1)) + "\"}";
  {
    const auto shown = runtime::cluster_metrics(nodes.node(0).node(), nodes.cluster(0));
    CHECK_THROWS_AS(runtime::cluster_metrics(nodes.node(0).node(), nodes.cluster(0)),
                    std::invalid_argument);
    CHECK(read(nodes).find("websock_cluster_connected{") == std::string::npos);
    nodes.cluster(0).connect(nodes.name(1));
    nodes.advance(2s);
    CHECK(has_line(read(nodes), "websock_cluster_connected" + which + " 1"));
    CHECK(has_line(read(nodes), "websock_cluster_node_up_total 1"));
    nodes.cluster(0).disconnect(nodes.name(1));
    nodes.run_until_idle();
    const auto text = read(nodes);
    CHECK(has_line(text, "websock_cluster_connected" + which + " 0"));
    CHECK(has_line(text, "websock_cluster_dropped_total" + which + " 0"));
    CHECK(has_line(text, "websock_cluster_node_down_total 1"));
  }
  CHECK(read(nodes).find("websock_cluster_connected{") == std::string::npos);
}
