// Two stepped nodes joined by a loopback: order, pieces, delay, and every kind of loss.
#include "websock/runtime/distribution/testing/loopback.hpp"

#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace runtime = websock::runtime;
namespace distribution = websock::runtime::distribution;

using distribution::carrier;
using distribution::testing::loopback;

namespace {

/// Whatever is told, in order: octets, [room], [closed: why].
struct ear final : carrier::events {
  void received(std::string_view octets) override {
    heard += octets;
    pieces.push_back(octets.size());
  }
  void has_room() override { heard += "[room]"; }
  void closed(std::string why) override { heard += "[closed: " + why + "]"; }
  std::string heard;
  std::vector<std::size_t> pieces;
};

struct two_nodes {
  explicit two_nodes(std::uint64_t seed = 1) : a(seed), b(seed + 1), net(seed + 2) {
    join();
  }
  ~two_nodes() { ends = {}; }

  void join(std::size_t low_mark = carrier::usual_low_mark) {
    ends = net.join("a", a.node().shard_at(0), "b", b.node().shard_at(1));
    at_a = {};
    at_b = {};
    ends.one->start(at_a, low_mark);
    ends.other->start(at_b, low_mark);
  }
  void run() { net.run_until_idle(a, b); }

  runtime::testing::stepped_node a;
  runtime::testing::stepped_node b;
  loopback net;
  ear at_a;
  ear at_b;
  loopback::ends ends;
};

/// A host that listens, and one that dials it.
struct door final : distribution::listening::events {
  void accepted(std::unique_ptr<carrier> peer,
                distribution::stranger_place place) override {
    peers.push_back(std::move(peer));
    places.push_back(std::move(place));
  }
  void troubled(std::string) override {}
  std::vector<std::unique_ptr<carrier>> peers;
  std::vector<distribution::stranger_place> places;
};

} // namespace

TEST_CASE("octets arrive at the other node in its steps, not before") {
  two_nodes on;
  on.ends.one->write("hello, ");
  on.ends.one->write("world");
  on.ends.other->write("back");
  CHECK(on.ends.one->unsent() == 12);
  CHECK(on.at_b.heard.empty());
  on.net.step();
  CHECK((on.at_b.heard + on.at_a.heard).empty());
  on.run();
  CHECK(on.at_b.heard == "hello, world");
  CHECK(on.at_b.pieces == std::vector<std::size_t>{7, 5});
  CHECK(on.at_a.heard == "back");
  CHECK(on.ends.one->unsent() == 0);
  CHECK(on.ends.one->sent() == 12);
  CHECK(on.net.arrived() == 16);
}

TEST_CASE("a stream arrives in pieces of any size") {
  for (std::size_t size = 1; size < 14; ++size) {
    two_nodes on;
    on.net.pieces_of(size);
    on.ends.one->write("hello, ");
    on.ends.one->write("world");
    on.run();
    CHECK(on.at_b.heard == "hello, world");
    CHECK(on.at_b.pieces.front() == std::min<std::size_t>(size, 12));
  }
}

TEST_CASE("what is written together arrives in pieces of at most 64 KiB") {
  two_nodes on;
  on.ends.one->write(std::string(200'000, 'x'));
  on.run();
  CHECK(on.at_b.heard.size() == 200'000);
  CHECK(on.at_b.pieces.front() == carrier::longest_read);
}

TEST_CASE("a delay holds octets back for so many steps") {
  two_nodes on;
  on.net.delay(5);
  on.ends.one->write("x");
  for (int i = 0; i < 5; ++i) {
    CHECK(on.net.step());
    on.b.run_until_idle();
    CHECK(on.at_b.heard.size() == (i == 4 ? 1 : 0));
  }
  CHECK_FALSE(on.net.step());
}

TEST_CASE("room is told once what was above the mark has left") {
  two_nodes on;
  on.join(4);
  on.ends.one->write("1234");
  on.run();
  CHECK(on.at_a.heard.empty());
  on.ends.one->write("1234");
  on.ends.one->write("5");
  on.ends.one->write("6");
  on.run();
  CHECK(on.at_a.heard == "[room]");
}

TEST_CASE("a cut is heard by both ends once, and takes along what is under way") {
  two_nodes on;
  on.ends.one->write("x");
  on.net.cut("b", "a");
  on.ends.one->write("y");
  on.run();
  CHECK(on.at_a.heard == "[closed: the network is cut]");
  CHECK(on.at_b.heard == "[closed: the network is cut]");
  CHECK(on.ends.one->unsent() == 0);
  CHECK(on.net.connections() == 0);
}

TEST_CASE("what is held arrives after healing") {
  two_nodes on;
  on.net.hold("a", "b");
  on.ends.one->write("x");
  on.run();
  CHECK(on.at_b.heard.empty());
  CHECK(on.ends.one->unsent() == 1);
  on.net.heal("a", "b");
  on.run();
  CHECK(on.at_b.heard == "x");
}

TEST_CASE("a connection can be cut after any octet") {
  const std::string all = "hello, world";
  for (std::size_t count = 0; count <= all.size(); ++count) {
    two_nodes on;
    on.net.cut_after(count);
    on.ends.one->write(all);
    on.run();
    CHECK(on.at_b.heard == all.substr(0, count) + "[closed: Connection reset by peer]");
    CHECK(on.at_a.heard == "[closed: Connection reset by peer]");
    on.join();
    on.ends.one->write(all);
    on.run();
    CHECK(on.at_b.heard == all);
  }
}

TEST_CASE("everything after an octet can vanish without a word") {
  two_nodes on;
  on.net.swallow_after(3);
  on.ends.one->write("hello");
  on.ends.other->write("");
  on.run();
  on.ends.one->write("more");
  on.ends.other->write("other way");
  on.run();
  CHECK(on.at_b.heard == "hel");
  CHECK(on.at_a.heard.empty());
  CHECK(on.ends.one->unsent() == 0);
  on.net.heal("a", "b");
  on.ends.one->write("still gone");
  on.run();
  CHECK(on.at_b.heard == "hel");
  on.join();
  on.ends.one->write("new");
  on.run();
  CHECK(on.at_b.heard == "new");
}

TEST_CASE("closing drops what is unsent, finishing does not") {
  two_nodes on;
  on.ends.one->write("dropped");
  on.ends.one->close();
  on.run();
  CHECK(on.at_b.heard == "[closed: the peer closed the connection]");
  CHECK(on.at_a.heard.empty());
  on.join();
  on.ends.one->write("last words");
  on.ends.one->finish();
  on.ends.one.reset();
  on.run();
  CHECK(on.at_b.heard == "last words[closed: the peer closed the connection]");
}

TEST_CASE("octets wait for a carrier that is not started, and so does its loss") {
  two_nodes on;
  on.ends = on.net.join("a", on.a.node().shard_at(0), "b", on.b.node().shard_at(0));
  ear late;
  on.ends.one->write("early");
  on.run();
  on.ends.other->start(late);
  on.run();
  CHECK(late.heard == "early");
  ear later;
  on.net.cut("a", "b");
  on.ends.one->start(later);
  CHECK(later.heard.empty());
  on.run();
  CHECK(later.heard == "[closed: the network is cut]");
}

TEST_CASE("hosts dial each other by name and port") {
  two_nodes on;
  door open;
  auto& a = on.net.at("a");
  auto& home = on.a.node().shard_at(0);
  auto listening = on.net.at("b").listen(on.b.node().shard_at(0),
                                         {.port = 4'370, .most_strangers = 1}, open);
  CHECK(listening->port() == 4'370);
  std::vector<std::string> outcomes;
  std::vector<std::unique_ptr<carrier>> made;
  const auto dial = [&](std::uint16_t port) {
    return a.dial(
        home, {.host = "b", .port = port}, [&](distribution::dial_result result) {
          if (auto* const carrier =
                  std::get_if<std::unique_ptr<distribution::carrier>>(&result))
            made.push_back(std::move(*carrier));
          outcomes.push_back(made.size() > outcomes.size()
                                 ? "connected"
                                 : std::get<distribution::dial_failed>(result).why);
        });
  };
  const auto first = dial(4'370);
  CHECK(outcomes.empty());
  on.run();
  CHECK(outcomes == std::vector<std::string>{"connected"});
  REQUIRE(open.peers.size() == 1);
  CHECK(made.front()->peer_address() == "b:4370");
  ear heard;
  open.peers.front()->start(heard);
  made.front()->write("hello");
  on.run();
  CHECK(heard.heard == "hello");

  const auto waits = dial(4'370); // its place is taken
  on.run();
  CHECK(outcomes.size() == 1);
  open.places.clear();
  on.run();
  CHECK(outcomes.size() == 2);

  { const auto cancelled = dial(4'370); }
  const auto nothing = dial(4'371);
  on.run();
  CHECK(outcomes.back() == "b port 4371: Connection refused");
  on.net.cut("a", "b");
  const auto cut = dial(4'370);
  on.run();
  CHECK(outcomes.back() == "b port 4370: No route to host");
  on.net.hold("a", "b");
  const auto held = dial(4'370);
  on.run();
  CHECK(outcomes.back() == "b port 4370: no answer within 7000 ms");
  on.net.heal("a", "b");
  open.places.clear();
  const auto again = dial(4'370);
  on.run();
  CHECK(made.size() == 3);
  CHECK_THROWS_AS(on.net.at("b").listen(home, {.port = 4'370}, open), std::system_error);
  listening.reset();
  const auto closed = dial(4'370);
  on.run();
  CHECK(outcomes.back() == "b port 4370: Connection refused");
  open.peers.clear();
}

TEST_CASE("the seed determines which connection moves next, and nothing else does") {
  const auto order = [](std::uint64_t seed) {
    two_nodes on(seed);
    on.net.pieces_of(1);
    on.ends.one->write("aaaaaaaa");
    on.ends.other->write("bbbbbbbb");
    std::string moves;
    for (std::uint64_t i = 0; i < 16; ++i) {
      on.net.step();
      on.a.run_until_idle();
      on.b.run_until_idle();
      moves += on.at_b.heard.size() > static_cast<std::size_t>(
                   std::count(moves.begin(), moves.end(), 'a'))
                   ? 'a'
                   : 'b';
    }
    return moves;
  };
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CHECK(order(seed) == order(seed));
    seen.insert(order(seed));
  }
  CHECK(seen.size() > 3);
}
