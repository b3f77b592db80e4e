// One node, or two.
#include "tests/channels/recorded/stage.hpp"

#include "websock/channels/presence_cluster.hpp"

#include "tests/distribution/stepped_cluster.hpp"
#include "tests/support/any_schedule.hpp"

#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace tests::recorded {

namespace runtime = websock::runtime;
using namespace std::chrono_literals;
using websock::channels::presence;

namespace {

class one_node final : public stage {
public:
  explicit one_node(bool has_presence) {
    if (has_presence)
      people_ = std::make_unique<presence>(node_.node());
  }
  runtime::testing::steppable& all() override { return node_; }
  runtime::testing::stepped_node& node(std::size_t) override { return node_; }
  presence* people(std::size_t) override { return people_.get(); }

private:
  runtime::testing::stepped_node node_{any_schedule()};
  std::unique_ptr<presence> people_;
};

/// Periods are as short as they were when the scenarios were recorded.
class two_nodes final : public stage {
public:
  two_nodes() {
    for (std::size_t place = 0; place < 2; ++place)
      start(place);
    connect();
  }
  runtime::testing::steppable& all() override { return nodes_; }
  runtime::testing::stepped_node& node(std::size_t place) override {
    return nodes_.node(place);
  }
  presence* people(std::size_t place) override { return people_.at(place).get(); }
  void connected(std::size_t place, const runtime::pid& connection) override {
    connections_.at(place).push_back(connection);
  }

  void happens(const std::string& what) override {
    if (what == "connect_node")
      connect();
    else if (what == "disconnect_node")
      nodes_.cut(0, 1);
    else if (what == "stop_vm")
      leave();
    else if (what == "SIGKILL ra")
      kill();
    else if (what == "ra started again")
      start_again();
    nodes_.run_until_idle();
  }

private:
  void start(std::size_t place) {
    websock::channels::presence_options options;
    options.periods.heartbeat = 100ms;
    options.periods.down = 500ms;
    people_.at(place) = std::make_unique<presence>(nodes_.node(place).node(), options);
    websock::channels::join_cluster(*people_.at(place), nodes_.cluster(place));
  }
  void connect() {
    nodes_.heal(0, 1);
    nodes_.cluster(0).connect(stepped_cluster::name(1));
    nodes_.run_until_idle();
  }
  // In good order.
  void leave() {
    people_.at(0).reset();
    nodes_.run_until_idle();
    nodes_.leave(0);
  }
  // Nobody hears anything of the first node from here on.
  void kill() {
    nodes_.cut(0, 1);
    nodes_.leave(0);
    for (const auto& each : std::exchange(connections_.at(0), {}))
      nodes_.node(0).node().exit(each, runtime::reason::kill);
    nodes_.run_until_idle();
    people_.at(0).reset();
  }
  void start_again() {
    nodes_.rejoin(0);
    nodes_.run_until_idle();
    start(0);
  }

  stepped_cluster nodes_{any_schedule(), 2,
                         [](std::size_t, runtime::cluster_options& its) {
                           its.least_pause = 10ms; // before it may connect again
                         }};
  std::array<std::unique_ptr<presence>, 2> people_;
  std::array<std::vector<runtime::pid>, 2> connections_;
};

} // namespace

std::unique_ptr<stage> stage_of(const std::string& group) {
  if (group == "cluster")
    return std::make_unique<two_nodes>();
  return std::make_unique<one_node>(group == "presence");
}

} // namespace tests::recorded
