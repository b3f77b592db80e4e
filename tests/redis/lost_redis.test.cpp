// A Redis that is killed, stands still, drops a subscriber or is full: nothing is lost
// without a word, and nobody who publishes waits.
#include "websock/runtime/address/arriving_publications.hpp"
#include "websock/runtime/redis/envelope.hpp"

#include "tests/redis/joined_node.hpp"

using namespace tests;
using way = redis_server::way;

namespace {

void await_connected(joined_node& one, joined_node& other) {
  await([&] {
    return one.engine.figures().is_connected && other.engine.figures().is_connected;
  });
}

struct two_nodes {
  explicit two_nodes(std::vector<std::string> settings = {})
      : server(way::unix_socket, std::move(settings)) {
    meet(ada, bob);
  }

  redis_server server;
  joined_node ada{server, "ada"};
  joined_node bob{server, "bob"};
  account news{ada, bob};
};

/// What a history hears.
class arrivals final : public runtime::detail::arriving_publications {
public:
  bool take(std::string_view, const runtime::term&) override { return false; }
  void interrupted() noexcept override { ++interruptions; }

  std::atomic<int> interruptions{0};
};

/// Says these octets on the channel, as another node would.
void say_for_another(const redis_server& server, const std::string& octets) {
  constexpr auto digits = "0123456789abcdef";
  std::string quoted;
  for (const char each : octets) {
    const auto octet = static_cast<unsigned char>(each);
    quoted += {'\\', 'x', digits[octet / 16], digits[octet % 16]};
  }
  REQUIRE(server.ask("PUBLISH websock:topics:0 \"" + quoted + '"') == ":1");
}

} // namespace

TEST_CASE("when Redis is killed and comes back, what is lost is told exactly") {
  two_nodes all;
  for (int round = 0; round < 3; ++round) {
    all.news.publish(500);
    all.server.kill();
    all.news.publish(500);
    await([&] { return !all.ada.engine.figures().is_connected; });
    all.news.publish(500);
    all.server.restart();
    all.news.publish(100);
    await_connected(all.ada, all.bob);
    all.news.publish(500);
    all.news.settle();
  }
  CHECK(all.news.received() >= 1'500);
  CHECK(all.news.reported() >= 1'500);
  CHECK(all.ada.engine.figures().losses >= 3);
  CHECK(all.ada.logged("redis: the connection is lost: "));
  CHECK(all.ada.logged("redis: connected again"));
  CHECK(all.server.ask("EXISTS websock:node:ada") == ":1"); // the name is taken again
}

TEST_CASE("a loss of the last publications is told without another one") {
  two_nodes all;
  all.news.publish(10);
  all.news.settle();
  all.server.kill();
  await([&] { return !all.ada.engine.figures().is_connected; });
  all.news.publish(7);
  all.server.restart();
  all.news.settle(); // by a sign of life
  CHECK(all.news.reported() == 7);
}

TEST_CASE(
    "whichever connection comes back last, the engine says that it is there again") {
  const redis_server server;
  joined_node ada(server, "ada");
  const auto* const type = GENERATE("normal", "pubsub");
  CAPTURE(type);
  const auto killed = server.ask(std::string("CLIENT KILL TYPE ") + type);
  CHECK(killed == ":1");
  await([&] { return ada.logged("redis: the connection is lost: "); });
  await([&] { return ada.logged("redis: connected again"); });
  CHECK(ada.engine.figures().losses == 1);
}

TEST_CASE("a Redis that stands still is noticed, and holds nobody up") {
  const redis_server untouched;
  redis_server server;
  joined_node ada(server.options("ada")); // with the usual times
  joined_node bob(server.options("bob"));
  meet(ada, bob);
  account news(ada, bob);
  news.publish(10);
  server.freeze();
  news.publish(20'000, std::string(1'024, 'x')); // more than may wait, and none does
  await([&] { return !ada.engine.figures().is_connected; });
  await([&] { return ada.logged("no answer to PING within 2000 ms"); });
  CHECK(ada.engine.figures().dropped > 0);
  news.publish(10);
  server.thaw();
  await_connected(ada, bob);
  news.publish(10);
  news.settle();
}

TEST_CASE("what waits for Redis is bounded") {
  redis_server server;
  auto options = lively(server.options("ada"));
  options.output_limit = 65'536;
  joined_node ada(options);
  joined_node bob(server, "bob");
  meet(ada, bob);
  account news(ada, bob);
  server.freeze();
  std::size_t most = 0;
  for (int i = 0; i < 5'000; ++i) {
    news.publish(1, std::string(1'024, 'x'));
    most = std::max(most, ada.engine.figures().octets_unsent);
  }
  CHECK(most <= 2 * (65'536 + 2'048)); // on the way to the shard, and there
  CHECK(ada.engine.figures().dropped > 1'000);
  server.thaw();
  news.settle();
}

TEST_CASE("a subscriber that Redis drops for being slow hears what it has missed") {
  two_nodes all({"--client-output-buffer-limit", "pubsub", "100kb", "0", "0"});
  for (int round = 0; round < 20; ++round)
    all.news.publish(10, std::string(200'000, 'x'));
  all.news.publish(100);
  all.news.settle();
}

TEST_CASE("a flood arrives or is told, and leaves nothing behind") {
  two_nodes all;
  all.news.publish(50'000, "a line of text");
  all.news.settle();
  await([&] { return all.ada.engine.figures().octets_unsent < 100; }); // a PING
  for (const auto& each : all.ada.log)
    UNSCOPED_INFO(each);
  CHECK(all.ada.engine.figures().losses == 0);
}

TEST_CASE("a full Redis takes publications, and nobody new") {
  two_nodes all;
  CHECK(all.server.ask("CONFIG SET maxmemory 1") == "+OK");
  all.news.publish(100);
  all.news.settle();
  CHECK(all.news.received() == 100);
  runtime::node node({.shards = 1, .pool_threads = 1});
  try {
    const redis::engine third(node, lively(all.server.options("eve")));
    FAIL("joined");
  } catch (const std::runtime_error& thrown) {
    INFO(thrown.what());
    CHECK(std::string(thrown.what()).find("the name cannot be taken: OOM")
          != std::string::npos);
  }
  CHECK(all.ada.engine.figures().is_connected);
}

TEST_CASE("a script that holds Redis up is waited for, or told as a loss") {
  two_nodes all;
  all.news.publish(100);
  CHECK(all.server.ask("EVAL \"local t = redis.call('time')[1] + 1; "
                       "while tonumber(redis.call('time')[1]) <= t do end\" 0")
        == "$-1");
  all.news.publish(100);
  all.news.settle();
}

TEST_CASE("publications that Redis refuses are counted and told") {
  redis_server server(way::unix_socket,
                      {"--user", "mute", "on", ">open", "~*", "&*", "+@all", "-publish"});
  joined_node bob(server, "bob");
  auto options = lively(server.options("ada"));
  options.user = "mute";
  options.password = "open";
  joined_node ada(options);
  ada.say(std::string("unheard"));
  CHECK(ada.text() == "unheard");
  await([&] { return ada.engine.figures().refused > 0; });
  CHECK(ada.logged("redis: Redis refuses publications: NOPERM"));
}

TEST_CASE("another life of a node starts from one, and what went before is told") {
  redis_server server;
  joined_node bob(server, "bob");
  {
    joined_node ada(server, "ada");
    meet(ada, bob);
    ada.say(std::string("first"));
    CHECK(bob.text() == "first");
  }
  joined_node ada(server, "ada");
  ada.say(std::string("second"));
  CHECK(bob.text() == "second");
  CHECK(bob.engine.figures().gaps == 0);
}

TEST_CASE("histories hear of a loss, also where nothing follows it in their topics") {
  const redis_server server;
  arrivals first;
  joined_node ada(server, "ada");
  ada.node.set_arrivals(&first);
  say_for_another(server, redis::write_envelope({"bob", 1, 5}, redis::write_beat()));
  say_for_another(server, redis::write_envelope({"bob", 1, 7}, redis::write_beat()));
  await([&] { return ada.engine.figures().lost == 2; });
  await([&] { return first.interruptions == 1; });
  ada.node.set_arrivals(nullptr);
}
