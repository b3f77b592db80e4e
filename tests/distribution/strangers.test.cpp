// Peers that have not proved who they are: on stepped nodes.
#include "tests/distribution/stepped_cluster.hpp"
#include "tests/support/any_schedule.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>

using namespace tests;
namespace distribution = websock::runtime::distribution;

namespace {

/// A connection of b's host to the cluster on a, by somebody who is no node.
struct stranger final : private distribution::carrier::events {
  explicit stranger(stepped_cluster& all) : nodes(all) {
    going = nodes.net()
                .at(stepped_cluster::host(1))
                .dial(nodes.node(1).node().shard_at(0),
                      {stepped_cluster::host(0), nodes.cluster(0).port()},
                      [this](distribution::dial_result result) {
                        link = std::move(std::get<0>(result));
                        link->start(*this);
                      });
    nodes.run_until_idle();
    REQUIRE(link);
  }
  void received(std::string_view) override {}
  void has_room() override {}
  void closed(std::string) override { is_closed = true; }

  stepped_cluster& nodes;
  std::unique_ptr<distribution::dialling> going;
  std::unique_ptr<distribution::carrier> link;
  bool is_closed = false;
};

void connect_takes_long(std::size_t, runtime::cluster_options& options) {
  options.connect_timeout = 1h;
}

} // namespace

TEST_CASE("a stranger is gone after five seconds, whatever it says") {
  stepped_cluster nodes(any_schedule(), 2, connect_takes_long);
  stranger silent(nodes);
  stranger slow(nodes); // 20 octets of a name, as it says
  for (const auto octet : std::string("\0\24N", 3)) {
    slow.link->write({octet});
    nodes.advance(1'600ms);
  }
  CHECK_FALSE(silent.is_closed);
  CHECK_FALSE(slow.is_closed);
  nodes.advance(300ms);
  CHECK(silent.is_closed);
  CHECK(slow.is_closed);
}

TEST_CASE("a node that connects has no more time than it takes itself") {
  stepped_cluster nodes(any_schedule(), 2,
                        [](std::size_t, runtime::cluster_options& options) {
                          options.connect_timeout = 1s;
                        });
  const stranger silent(nodes);
  nodes.advance(900ms);
  CHECK_FALSE(silent.is_closed);
  nodes.advance(200ms);
  CHECK(silent.is_closed);
}
