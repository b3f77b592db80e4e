// One node, whose topics nobody shares: what all engines leave as it is.
#include "tests/engines/engine_lab.hpp"
#include "tests/support/two_shards.hpp"

namespace tests {

namespace {

class local_lab final : public engine_lab {
public:
  const engine_kind& kind() const override { return kind_; }
  runtime::node& node(std::size_t) override { return node_; }
  std::string name(std::size_t) override { return std::string(node_.name()); }
  engine_flow flow(std::size_t) override { return {}; }
  void interrupt() override {}
  void mend() override {}
  void last_leaves() override {}
  void last_returns() override {}

private:
  const engine_kind kind_ = local_kind();
  runtime::node node_{two_shards()};
};

} // namespace

engine_kind local_kind() {
  return {.name = "local",
          .nodes = 1,
          .make = []() -> std::unique_ptr<engine_lab> {
            return std::make_unique<local_lab>();
          },
          .text = plain_text};
}

} // namespace tests
