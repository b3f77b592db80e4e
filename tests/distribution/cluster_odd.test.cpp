// What users and operators do that nobody expects of them.
#include "websock/runtime/distribution/carrier/socket_network.hpp"
#include "websock/runtime/distribution/hub.hpp"
#include "websock/runtime/gen_server.hpp"
#include "websock/runtime/process/run_on_shard.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/cluster_pair.hpp"
#include "tests/distribution/raw_peer.hpp"
#include "tests/support/loopback.hpp"

#include <thread>

using namespace tests;
using runtime::name_at;
using runtime::pid;
using runtime::term;
using runtime::thread_process;

namespace {

/// Says its pid when asked, links when told to, and ends as it is told.
class target final : public runtime::behaviour {
private:
  void on_start() override {
    self().trap_exit(true);
    self().register_name("target");
  }
  void on_message(term message) override {
    message.match([&](const pid& asks) { runtime::send(asks, self().pid()); },
                  [&](const pid& other, bool) {
                    self().link(other);
                    runtime::send(other, true);
                  },
                  [](int size) {
                    runtime::process::exit(runtime::reason::of(
                        std::string(static_cast<std::size_t>(size), 'x')));
                  },
                  [](runtime::otherwise) {});
  }
};

/// Replies what it is asked for, so many octets.
class writer final : public runtime::gen_server {
private:
  runtime::call_result handle_call(term request, runtime::from asks) override {
    return request.match(
        [&](int size) -> runtime::call_result {
          runtime::reply(asks, std::string(static_cast<std::size_t>(size), 'x'));
          return runtime::reply(std::string("twice"));
        },
        [](runtime::otherwise) -> runtime::call_result {
          return runtime::reply(std::string("something"));
        });
  }
};

struct pair : cluster_pair<target> {
  pair() : cluster_pair({"target", "writer"}) {}
  [[nodiscard]] std::uint64_t losses() const {
    std::uint64_t all = 0;
    for (const auto& each : a.cluster.peers())
      all += each.losses;
    return all;
  }
};

} // namespace

TEST_CASE("links that are undone and made anew at once leave none behind that is void") {
  pair nodes;
  const auto there = nodes.target_of_b();
  nodes.on_a.in_process([&](runtime::process& self) {
    for (int i = 0; i < 3; ++i) {
      self.link(there);
      self.unlink(there);
    }
  });
  CHECK(nodes.ask() == there); // all is acknowledged
  runtime::send(there, nodes.on_a.pid(), true);
  REQUIRE(nodes.on_a.receive(patience, [](bool) {}));
  runtime::send(there, 1);
  CHECK(nodes.on_a.receive(patience, [&](const runtime::exit_signal& signal) {
    CHECK(signal.from == there);
  }));
}

TEST_CASE("a node's name without a host can't be reached, which shows at once") {
  cookie_file cookie;
  auto options = member::options("a@127.0.0.1", cookie, free_port());
  options.connect_timeout = std::chrono::milliseconds::max();
  runtime::node node(two_shards());
  const runtime::cluster cluster(node, options);
  thread_process here(node);
  const auto ref = here.monitor(name_at{"anybody", "nohost"});
  CHECK(here.receive(patience, [&](const runtime::down& down) {
    CHECK(down.ref == ref);
    CHECK(down.reason == runtime::exit_reason(runtime::reason::noconnection));
  }));
}

TEST_CASE("a request that is too long throws, and the connection stays") {
  pair nodes;
  const auto there = nodes.target_of_b();
  const std::string huge(17U << 20U, 'x');
  CHECK_THROWS_AS(nodes.on_a.call(there, patience, huge), runtime::not_transmissible);
  CHECK_THROWS_AS(nodes.on_a.call(name_at{"target", "b@127.0.0.1"}, patience, huge),
                  runtime::not_transmissible);
  CHECK_THROWS_AS(nodes.on_a.exit(there, runtime::reason::of(huge)),
                  runtime::not_transmissible);
  CHECK(nodes.ask() == there);
  CHECK(nodes.losses() == 0);
}

TEST_CASE("an exit reason that is too long arrives as the beginning of its text") {
  pair nodes;
  const auto there = nodes.target_of_b();
  nodes.on_a.link(there);
  runtime::send(there, 17 << 20);
  CHECK(nodes.on_a.receive(patience, [&](const runtime::exit_signal& signal) {
    const auto text = to_string(signal.reason);
    CHECK(text.size() < 5'000);
    CHECK(text.find("xxxxx") != std::string::npos);
  }));
  CHECK(nodes.losses() == 0);
}

TEST_CASE("a reply that is too long ends the server, and the caller hears of it") {
  pair nodes;
  const auto server = nodes.b.node.spawn<writer>();
  nodes.b.node.register_name("writer", server);
  const name_at writer_of_b{"writer", "b@127.0.0.1"};
  CHECK(nodes.on_a.call<std::string>(writer_of_b, patience, 3) == "xxx"); // the first one
  CHECK(nodes.on_a.call<std::string>(writer_of_b, patience, true) == "something");
  CHECK_THROWS_AS(nodes.on_a.call(writer_of_b, patience, 17 << 20), runtime::call_failed);
  CHECK(nodes.losses() == 0);
}

TEST_CASE("a call with limit 0 fails, and its reply that comes later is nobody's") {
  pair nodes;
  const auto server = nodes.b.node.spawn<writer>();
  nodes.b.node.register_name("writer", server);
  const name_at writer_of_b{"writer", "b@127.0.0.1"};
  // On a busy machine a reply may be there before this thread looks.
  bool has_failed = false;
  for (int i = 0; i < 1'000 && !has_failed; ++i)
    try {
      nodes.on_a.call(writer_of_b, std::chrono::seconds(0), true);
    } catch (const runtime::call_failed&) {
      has_failed = true;
    }
  CHECK(has_failed);
  CHECK(nodes.on_a.call<std::string>(writer_of_b, patience, 1) == "x");
  CHECK_FALSE(nodes.on_a.receive(std::chrono::seconds(0), [](runtime::otherwise) {}));
}

TEST_CASE("a connect timeout without end is waited for") {
  cookie_file cookie;
  auto options = member::options("a@127.0.0.1", cookie, free_port());
  options.connect_timeout = std::chrono::milliseconds::max();
  options.net_ticktime = std::chrono::milliseconds::max();
  options.longest_pause = std::chrono::milliseconds::max();
  runtime::node node(two_shards());
  CHECK_NOTHROW(runtime::cluster(node, options));
}

TEST_CASE("a node that has left its cluster reaches nobody by what it has kept") {
  cookie_file cookie;
  const auto epmd = free_port();
  member c("c@127.0.0.1", cookie, epmd);
  runtime::node node(two_shards());
  const auto options = member::options("a@127.0.0.1", cookie, epmd);
  namespace distribution = runtime::distribution;
  const auto plain = std::make_shared<distribution::socket_network>();
  const auto hub = std::make_shared<distribution::hub>(
      node, options, distribution::cookie::from_text("secret"),
      distribution::hub_networks{plain, plain});
  runtime::run_on_shard(hub->home(), [&] { hub->start(); });
  runtime::run_on_shard(hub->home(), [&] { hub->close(); });
  auto& there = hub->find_node("c@127.0.0.1");
  runtime::run_on_shard(hub->home(), [&] {
    there.its_peer().connect();
    there.its_peer().expect_reply(runtime::reference(7), {});
    CHECK(there.its_peer().phase() == distribution::peer_phase::closed);
    CHECK(there.its_peer().tied() == 0);
  });
}

TEST_CASE("a node that stops before its cluster, and one that joins twice") {
  cookie_file cookie;
  const auto epmd = free_port();
  member b("b@127.0.0.1", cookie, epmd, {"target"});
  b.node.spawn<target>();
  runtime::node node(two_shards());
  for (int i = 0; i < 3; ++i) {
    const runtime::cluster cluster(node, member::options("a@127.0.0.1", cookie, epmd));
    CHECK_THROWS_AS(runtime::cluster(node, member::options("z@127.0.0.1", cookie, epmd)),
                    std::logic_error);
    thread_process here(node);
    const auto ref = here.monitor(name_at{"target", "b@127.0.0.1"});
    here.in_process([](runtime::process& self) {
      self.send(name_at{"target", "b@127.0.0.1"}, self.pid());
    });
    CHECK(here.receive(patience, [&](const pid& there) { here.link(there); }));
    static_cast<void>(ref);
    if (i == 2)
      node.stop();
  }
  CHECK_THROWS_AS(runtime::cluster(node, member::options("a@127.0.0.1", cookie, epmd)),
                  std::logic_error);
}

TEST_CASE("a cluster that ends while processes use it answers them all") {
  for (int round = 0; round < 10; ++round) {
    cookie_file cookie;
    const auto epmd = free_port();
    member b("b@127.0.0.1", cookie, epmd, {"writer"});
    b.node.register_name("writer", b.node.spawn<writer>());
    runtime::node node(two_shards());
    auto cluster = std::make_unique<runtime::cluster>(
        node, member::options("a@127.0.0.1", cookie, epmd));
    std::atomic<int> calls{0};
    std::vector<std::thread> busy;
    for (int i = 0; i < 3; ++i)
      busy.emplace_back([&] {
        thread_process here(node);
        try {
          for (;;) {
            static_cast<void>(
                here.call(name_at{"writer", "b@127.0.0.1"}, runtime::infinity, true));
            ++calls;
          }
        } catch (const runtime::call_failed& failed) {
          ++calls;
        }
      });
    while (calls < 20)
      std::this_thread::yield();
    cluster.reset();
    for (auto& each : busy)
      each.join();
  }
}

TEST_CASE("what waits for a connection is bounded, and ends with it") {
  cookie_file cookie;
  const loopback_listener silent;
  auto options = member::options("a@127.0.0.1", cookie, free_port());
  options.nodes = {"b@127.0.0.1:" + std::to_string(silent.port())};
  options.connect_timeout = 10min;
  options.high_mark = 1;
  options.low_mark = 1;
  options.message_size = 65'536;
  runtime::node node(two_shards());
  runtime::cluster cluster(node, options);
  thread_process here(node);
  here.in_process([](runtime::process& self) {
    for (int i = 0; i < 150'000; ++i)
      static_cast<void>(self.monitor(name_at{"nobody", "b@127.0.0.1"}));
  });
  CHECK(here.receive(patience, [](const runtime::down& gone) {
    CHECK(gone.reason == runtime::exit_reason(runtime::reason::noconnection));
  }));
}

TEST_CASE("octets that have left are not told as unsent for long") {
  pair on;
  static_cast<void>(on.target_of_b());
  const auto end = std::chrono::steady_clock::now() + 5s; // a look at ticks takes 15 s
  const auto unsent = [&] { return on.a.cluster.peers().front().octets_unsent; };
  while (unsent() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  CHECK(unsent() == 0);
}

TEST_CASE("aliases that are over are forgotten while their process lives") {
  runtime::testing::stepped_node node(1);
  runtime::testing::tester me(node);
  websock::runtime::distribution::exported_aliases all;
  const auto kept = me.in_process([](runtime::process& self) { return self.alias(); });
  all.add(kept);
  for (int i = 0; i < 500; ++i) {
    me.in_process([&](runtime::process& self) {
      for (int j = 0; j < 100; ++j) {
        const auto one = self.alias();
        all.add(one);
        self.unalias(one);
      }
    });
    static_cast<void>(me.flush(1ms));
    REQUIRE(all.size() < 3'000);
  }
  CHECK(all.find(kept.ref).owner == me.pid());
}

TEST_CASE("a cast to a name on another node arrives, from a process and from the node") {
  pair on;
  class noting final : public runtime::gen_server {
  public:
    explicit noting(channel<int>& heard) : heard_(heard) {}

  private:
    runtime::server_result handle_cast(term request) override {
      request.match([&](int what) { heard_.put(what); }, [](runtime::otherwise) {});
      return runtime::noreply();
    }
    channel<int>& heard_;
  };
  channel<int> heard;
  on.b.node.register_name("writer", on.b.node.spawn<noting>(std::ref(heard)));
  const name_at there{"writer", "b@127.0.0.1"};
  runtime::cast(on.a.node, there, 1);
  CHECK(heard.take() == 1);
  on.on_a.in_process([&](runtime::process& self) { runtime::cast(self, there, 2); });
  CHECK(heard.take() == 2);
  on.b.node.stop();
}
