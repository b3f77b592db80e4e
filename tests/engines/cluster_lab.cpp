// Nodes of a cluster, which share their topics by themselves.
#include "tests/engines/three_clusters.hpp"

namespace tests {

namespace {

class cluster_lab final : public engine_lab {
public:
  cluster_lab() { mend(); }

  const engine_kind& kind() const override { return kind_; }
  runtime::node& node(std::size_t i) override { return nodes_.node(i); }
  std::string name(std::size_t i) override { return three_clusters::name(i); }
  engine_flow flow(std::size_t i) override {
    engine_flow all;
    for (const auto& each : nodes_.cluster(i).peers()) {
      all.sent += each.messages_sent;
      all.received += each.messages_received;
    }
    return all;
  }
  void interrupt() override { nodes_.disconnect(); }
  void mend() override {
    nodes_.connect([this](auto i, auto j) { return nodes_.peer(i, j).shares_topics; });
  }
  void last_leaves() override {
    nodes_.leave(last());
    for (std::size_t i = 0; i < last(); ++i)
      wait_until([&] { return !nodes_.is_connected(i, last()); });
  }
  void last_returns() override {
    wait_until([this] { return is_back(); });
    mend();
  }

private:
  /// False while epmd does not know yet that the former node of that name is gone.
  [[nodiscard]] bool is_back() {
    try {
      nodes_.join(last());
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  const engine_kind kind_ = cluster_kind();
  three_clusters nodes_{topics::shared};
};

} // namespace

engine_kind cluster_kind() {
  return {.name = "cluster",
          .make = []() -> std::unique_ptr<engine_lab> {
            return std::make_unique<cluster_lab>();
          },
          .text = plain_text};
}

} // namespace tests
