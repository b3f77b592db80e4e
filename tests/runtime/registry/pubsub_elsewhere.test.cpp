// What of a broadcast leaves the node, and when.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/publication_routes.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/fake_remote.hpp"
#include "tests/support/puppet.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

using namespace tests;
using runtime::testing::stepped_node;

namespace pubsub = runtime::pubsub;

namespace {

struct scene {
  scene() {
    me.in_process([](process& self) { pubsub::subscribe(self, "news"); });
    node.node().set_gate(gate.get());
    routes().add(gate);
  }
  [[nodiscard]] runtime::detail::publication_routes& routes() {
    return node.node().extension<runtime::detail::publication_routes>();
  }
  /// Whether a number has come to the subscriber.
  [[nodiscard]] bool has_heard(int wanted) {
    bool is_it = false;
    const auto hears = [&](int value) { is_it = value == wanted; };
    return me.receive(runtime::duration::zero(), hears) && is_it;
  }

  fake_node there;
  const std::shared_ptr<fake_gate> gate = std::make_shared<fake_gate>(there);
  stepped_node node{1};
  tester me{node};
};

} // namespace

TEST_CASE("each kind of broadcast but a local one leaves the node once") {
  scene all;
  auto& node = all.node.node();
  all.me.in_process([](process& self) {
    pubsub::broadcast(self, "news", 1);
    pubsub::broadcast_from(self, "news", 2);
    static_cast<void>(pubsub::broadcast_counted(self, "news", 3));
    pubsub::local_broadcast(self, "news", 4);
  });
  pubsub::broadcast(node, "news", 5);
  pubsub::broadcast_from(node, all.me.pid(), "news", 6);
  pubsub::local_broadcast(node, "news", 7);
  CHECK(all.there.heard()
        == lines{"publish news 1", "publish news 2", "publish news 3", "publish news 5",
                 "publish news 6"});
  for (const int value : {1, 3, 4, 5, 7})
    CHECK(all.has_heard(value));
}

TEST_CASE("a direct broadcast goes to its node alone, or stays when that is this one") {
  scene all;
  pubsub::direct_broadcast(all.node.node(), "b@host", "news", 1);
  pubsub::direct_broadcast(all.node.node(), "a@host", "news", 2);
  CHECK(all.there.heard() == lines{"b@host publish news 1"});
  CHECK(all.has_heard(2));
}

TEST_CASE("what cannot leave the node is published nowhere") {
  scene all;
  all.me.in_process([](process& self) {
    CHECK_THROWS_AS(pubsub::broadcast(self, "news", secret{}),
                    runtime::not_transmissible);
    CHECK_THROWS_AS(pubsub::broadcast_counted(self, "news", secret{}),
                    runtime::not_transmissible);
  });
  pubsub::local_broadcast(all.node.node(), "news", 1);
  CHECK(all.me.receive(runtime::duration::zero(),
                       [](const runtime::term& first) { CHECK(first.is<int>()); }));
  CHECK(all.there.heard().empty());
}

namespace {

/// A way to one node, named by the test.
class one_node final : public runtime::detail::publication_route {
public:
  explicit one_node(std::string name) : name_(std::move(name)) {}
  std::unique_ptr<runtime::detail::departing_publication>
  departing(std::string_view, const runtime::term& message) override {
    if (message.is<long>())
      throw runtime::not_transmissible("this route takes no long");
    ++asked;
    return nullptr;
  }
  bool publish_at(const std::string& where, std::string_view,
                  const runtime::term&) override {
    direct += where == name_ ? 1 : 0;
    return where == name_;
  }

  int asked = 0;
  int direct = 0;

private:
  const std::string name_;
};

} // namespace

TEST_CASE("a publication leaves by each route, until the route is removed") {
  scene all;
  const auto other = std::make_shared<one_node>("c@host");
  all.routes().add(other);
  pubsub::broadcast(all.node.node(), "news", 1);
  all.routes().remove(*other);
  pubsub::broadcast(all.node.node(), "news", 2);
  all.routes().remove(*all.gate);
  CHECK(all.node.node().routes() == nullptr);
  pubsub::broadcast(all.node.node(), "news", 3);
  CHECK(other->asked == 1);
  CHECK(all.there.heard() == lines{"publish news 1", "publish news 2"});
  for (const int value : {1, 2, 3})
    CHECK(all.has_heard(value));
}

TEST_CASE("what one of the routes cannot take leaves by none, and is published nowhere") {
  scene all;
  all.routes().add_last(std::make_shared<one_node>("c@host"));
  CHECK_THROWS_AS(pubsub::broadcast(all.node.node(), "news", 1L),
                  runtime::not_transmissible);
  CHECK(all.there.heard().empty());
  CHECK_FALSE(all.me.receive(runtime::duration::zero(), [](const runtime::term&) {}));
}

TEST_CASE("a direct broadcast takes the newest route that knows the node") {
  scene all;
  const auto other = std::make_shared<one_node>("c@host");
  all.routes().add(other);
  pubsub::direct_broadcast(all.node.node(), "c@host", "news", 1);
  pubsub::direct_broadcast(all.node.node(), "b@host", "news", 2);
  CHECK(other->direct == 1);
  CHECK(all.there.heard() == lines{"b@host publish news 2"});
}
