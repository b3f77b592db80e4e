// The adapters of two nodes without threads, which share their topics by them alone.
#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/phoenix/pubsub/pubsub.hpp"
#include "websock/runtime/pubsub.hpp"

#include "tests/channels/socket_lab.hpp"
#include "tests/distribution/stepped_cluster.hpp"
#include "tests/support/allocations.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

using namespace tests;

namespace channels = websock::channels;
namespace phoenix = websock::phoenix;
namespace pubsub = websock::runtime::pubsub;

namespace {

constexpr auto first_worker = "Elixir.MyApp.PubSub.Adapter";
constexpr auto second_worker = "Elixir.MyApp.PubSub.Adapter_2";
constexpr auto scope_name = "Elixir.Phoenix.PubSub";

[[nodiscard]] phoenix::pubsub_options of_pool(std::size_t size) {
  return {.name = "MyApp.PubSub", .pool_size = size};
}

/// Nodes that do not share topics by the cluster.
struct apart {
  explicit apart(std::size_t count = 2)
      : nodes(any_schedule(), count, [](std::size_t, runtime::cluster_options& its) {
          its.shares_topics = false;
        }) {}

  [[nodiscard]] runtime::node& node(std::size_t i) { return nodes.node(i); }
  [[nodiscard]] std::unique_ptr<phoenix::pubsub> adapter(std::size_t i,
                                                         std::size_t pool = 2) {
    return std::make_unique<phoenix::pubsub>(node(i), nodes.cluster(i), of_pool(pool));
  }
  /// What its log has of adapters.
  [[nodiscard]] lines said(std::size_t i) {
    auto all = nodes.node(i).log_lines();
    std::erase_if(all, [](const auto& line) { return !line.starts_with("phoenix:"); });
    return all;
  }
  void connect() {
    nodes.cluster(0).connect(stepped_cluster::name(1));
    nodes.run_until_idle();
  }

  stepped_cluster nodes;
};

struct two_adapters : apart {
  explicit two_adapters(std::size_t pool = 2, std::size_t other_pool = 2)
      : apps{adapter(0, pool), adapter(1, other_pool)} {
    connect();
  }

  std::array<std::unique_ptr<phoenix::pubsub>, 2> apps;
};

/// Writes down the events of a topic.
class listener final : public runtime::behaviour {
public:
  listener(lines* heard, std::string topic) : heard_(heard), topic_(std::move(topic)) {}

private:
  void on_start() override { pubsub::subscribe(self(), topic_); }
  void on_message(runtime::term message) override {
    heard_->push_back(message.get<channels::broadcast_message>().event());
  }

  lines* const heard_;
  const std::string topic_;
};

class user_seven final : public websock::channel_socket {
  [[nodiscard]] std::string id() const override { return "users:7"; }
};

} // namespace

TEST_CASE("a disconnect on one node closes the sockets of that id on the other") {
  scripted_endpoint at;
  two_adapters on;
  auto anybody = at.connect(on.nodes.node(0));
  at.of->make_socket = [] { return std::make_shared<user_seven>(); };
  auto seven = at.connect(on.nodes.node(0));
  on.nodes.run_until_idle();
  channels::disconnect(on.node(1), "users:7");
  on.nodes.run_until_idle();
  REQUIRE(seven.close_frame());
  CHECK(seven.close_frame()->first == 1001);
  CHECK_FALSE(anybody.close_frame());
}

TEST_CASE("a worker that is killed is started again, and hears what comes then") {
  lines heard;
  two_adapters on;
  on.nodes.node(0).spawn<listener>(&heard, "room:1");
  on.nodes.run_until_idle();
  for (const auto* const each : {first_worker, second_worker}) {
    const auto killed = on.node(0).whereis(each);
    REQUIRE(killed);
    on.node(0).exit(killed, runtime::reason::kill);
    on.nodes.run_until_idle();
    CHECK(on.node(0).whereis(each));
    CHECK(on.node(0).whereis(each) != killed);
  }
  channels::broadcast(on.node(1), "room:1", "after");
  on.nodes.run_until_idle();
  CHECK(heard == lines{"after"});
  CHECK(on.apps[0]->figures().received == 1);
  CHECK(on.apps[1]->figures().sent == 1);
}

TEST_CASE("an adapter that is made anew hears what is published from then on") {
  lines heard;
  two_adapters on;
  on.nodes.node(0).spawn<listener>(&heard, "room:1");
  on.apps[0].reset();
  on.nodes.run_until_idle();
  channels::broadcast(on.node(1), "room:1", "missed");
  on.nodes.run_until_idle();
  CHECK(on.apps[1]->nodes().empty());
  on.apps[0] = on.adapter(0);
  on.nodes.run_until_idle();
  channels::broadcast(on.node(1), "room:1", "heard");
  on.nodes.run_until_idle();
  CHECK(heard == lines{"heard"});
}

TEST_CASE("the log of both nodes names the one whose pool has another size, once") {
  two_adapters on(1, 3);
  CHECK(on.said(0).empty());
  on.nodes.advance(20s);
  on.node(1).exit(on.node(1).whereis(first_worker), runtime::reason::kill);
  on.nodes.advance(20s);
  CHECK(on.said(0)
        == lines{"phoenix: b@127.0.0.3 has 3 workers of MyApp.PubSub, and this node 1: "
                 "what goes by one that the other lacks is lost; make pool_size the "
                 "same"});
  REQUIRE(on.said(1).size() == 1);
  CHECK(on.said(1)[0].starts_with("phoenix: a@127.0.0.2 has 1 workers"));
}

TEST_CASE("a node whose pool has the size of ours is not named") {
  two_adapters on;
  on.nodes.advance(20s);
  on.apps[1].reset(); // its workers leave one after the other
  on.nodes.advance(20s);
  CHECK(on.said(0).empty());
  CHECK(on.said(1).empty());
}

TEST_CASE("an adapter whose name is taken leaves nothing behind") {
  apart on(1);
  const auto made = on.adapter(0);
  on.nodes.run_until_idle();
  CHECK_THROWS_AS(on.adapter(0), std::invalid_argument);
  on.nodes.run_until_idle();
  CHECK(on.node(0).whereis(first_worker));
  CHECK(on.node(0).whereis(scope_name));
}

TEST_CASE("an adapter for which there is no memory leaves nothing behind") {
  if (!are_allocations_counted())
    return;
  apart on(1);
  auto first = on.adapter(0);
  on.nodes.run_until_idle();
  bool has_failed = true;
  for (std::size_t allocation = 0; has_failed; ++allocation) {
    REQUIRE(allocation < 5'000);
    std::unique_ptr<phoenix::pubsub> made;
    {
      const failing_allocations none(allocation, 1);
      try {
        made = std::make_unique<phoenix::pubsub>(
            on.node(0), on.nodes.cluster(0),
            phoenix::pubsub_options{.name = "Other.PubSub"});
      } catch (const std::bad_alloc&) {
      }
      has_failed = none.has_failed();
    }
    made.reset();
    on.nodes.run_until_idle();
    INFO("allocation " << allocation);
    REQUIRE_FALSE(on.node(0).whereis("Elixir.Other.PubSub.Adapter"));
  }
  CHECK(on.node(0).whereis(scope_name));
  first.reset(); // the last one that uses the scope
  on.nodes.run_until_idle();
  CHECK_FALSE(on.node(0).whereis(scope_name));
}
