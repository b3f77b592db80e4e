// Topics with a history whose nodes are started anew: what clients have missed is in
// Redis, or they are told that it cannot be had.
#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/broadcast/topic_histories.hpp"

#include "tests/redis/joined_node.hpp"

#include <memory>
#include <numeric>
#include <optional>
#include <set>

using namespace tests;
using websock::channels::broadcast_message;
using websock::channels::position;
using websock::channels::topic_histories;
using numbers = std::vector<int>;
using way = redis_server::way;

namespace channels = websock::channels;

namespace {

const std::string room = "room:a";
const int of_test = 0;

[[nodiscard]] redis::engine_options keeping(const redis_server& server,
                                            const std::string& name) {
  auto options = lively(server.options(name));
  options.history = true;
  return options;
}

/// A node whose topics "room:*" have a history, in Redis as well.
struct keeping_node {
  explicit keeping_node(const redis_server& server, const std::string& name,
                        websock::topic_options within = {.history = 100})
      : at(keeping(server, name)) {
    histories().add(&of_test, "room:*", within);
  }
  [[nodiscard]] topic_histories& histories() {
    return at.node.extension<topic_histories>();
  }
  void say(int n, const std::string& topic = room) {
    channels::broadcast(at.node, topic, "said", {{"n", n}});
  }

  joined_node at;
};

/// A client that remembers where it is, and takes that to any node.
class visitor {
public:
  /// Returns whether it has got what it missed.
  bool join(keeping_node& on) { return join(on.at.node, on.histories()); }
  bool join(runtime::node& node, topic_histories& histories) {
    me_.emplace(node);
    const auto options = histories.find(room);
    if (me_->in_process([&](runtime::process& self) {
          return histories.read_log(options, room, self.pid());
        }))
      REQUIRE(me_->receive(patience, [](const channels::log_was_read&) {}));
    const auto found = me_->in_process([&](runtime::process& self) {
      auto its = histories.resume(*options, room, self.shard(), last_);
      pubsub::subscribe(self, room);
      return its;
    });
    last_ = found.from;
    for (const auto& each : found.missed)
      note(websock::json::parse(each.what->text).at("n"), each.at);
    return found.is_complete;
  }
  void hear(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      REQUIRE(me_->receive(patience, [this](const broadcast_message& what) {
        note(what.body()["n"], *what.at());
      }));
  }
  void vanish() { me_.reset(); }

  numbers heard;

private:
  void note(int n, const position& at) {
    heard.push_back(n);
    last_ = at;
  }

  std::optional<runtime::thread_process> me_;
  std::optional<position> last_;
};

[[nodiscard]] numbers up_to(int last) {
  numbers all(static_cast<std::size_t>(last));
  std::iota(all.begin(), all.end(), 1);
  return all;
}

using node_ptr = std::unique_ptr<keeping_node>;

void await_connected(const keeping_node& one) {
  await([&] { return one.at.engine.figures().is_connected; });
}

[[nodiscard]] node_ptr start(const redis_server& server, const std::string& name) {
  return std::make_unique<keeping_node>(server, name);
}

} // namespace

TEST_CASE("a client gets what it has missed from nodes that were all started anew") {
  const redis_server server;
  visitor ada;
  visitor bob;
  {
    auto one = start(server, "one");
    auto two = start(server, "two");
    meet(one->at, two->at);
    ada.join(*one);
    bob.join(*two);
    for (int n = 1; n <= 4; ++n)
      (n % 2 == 0 ? one : two)->say(n);
    ada.hear(4);
    bob.hear(4);
    ada.vanish();
    for (int n = 5; n <= 8; ++n) {
      (n % 2 == 0 ? one : two)->say(n);
      bob.hear(1);
    }
    bob.vanish();
  }
  auto three = start(server, "three");
  CHECK(ada.join(*three));
  CHECK(ada.heard.size() == 8);
  CHECK(std::set<int>(ada.heard.begin(), ada.heard.end()).size() == 8);
  CHECK(bob.join(*three));
  CHECK(bob.heard.size() == 8);
  three->say(9);
  ada.hear(1);
  bob.hear(1);
  CHECK(ada.heard.back() == 9);
  CHECK(bob.heard.back() == 9);
}

TEST_CASE("who comes back to a node that was started anew is known there from then on") {
  const redis_server server;
  visitor ada;
  for (int life = 0; life < 3; ++life) {
    auto node = start(server, "one");
    CHECK(ada.join(*node) == (life > 0));
    node->say(life * 3 + 1);
    ada.hear(1);
    ada.vanish();
    node->say(life * 3 + 2);
    CHECK(ada.join(*node));
    ada.vanish();
    node->say(life * 3 + 3);
  }
  auto last = start(server, "one");
  CHECK(ada.join(*last));
  CHECK(ada.heard == up_to(9));
}

TEST_CASE("a Redis that comes back without its data recovers nobody") {
  redis_server server;
  visitor ada;
  auto one = start(server, "one");
  ada.join(*one);
  one->say(1);
  ada.hear(1);
  ada.vanish();
  server.restart();
  await([&] { return one->at.engine.figures().losses > 0; });
  await_connected(*one);
  one.reset();
  auto two = start(server, "two");
  CHECK_FALSE(ada.join(*two));
  two->say(2);
  ada.hear(1);
  ada.vanish();
  two->say(3);
  CHECK(ada.join(*two));
  CHECK(ada.heard == up_to(3));
}

TEST_CASE("what a node could not keep makes all histories begin anew") {
  redis_server server;
  visitor ada;
  auto one = start(server, "one");
  ada.join(*one);
  one->say(1);
  ada.hear(1);
  server.kill();
  await([&] { return !one->at.engine.figures().is_connected; });
  one->say(2); // local subscribers have it, and nobody else
  ada.hear(1);
  ada.vanish();
  one->say(3);
  server.restart();
  await_connected(*one);
  await([&] { return one->at.engine.figures().begun_anew > 0; });
  one->say(4);
  await([&] { return one->at.engine.figures().published >= 2; });
  one.reset();
  auto two = start(server, "two");
  CHECK_FALSE(ada.join(*two));
  CHECK(ada.heard == up_to(2));
}

TEST_CASE("who has lost the connection does not know what was kept, and begins anew") {
  const redis_server server;
  visitor ada;
  auto one = start(server, "one");
  ada.join(*one);
  one->say(1);
  ada.hear(1);
  ada.vanish();
  CHECK(server.ask("CLIENT KILL TYPE normal").front() == ':');
  await([&] { return one->at.engine.figures().begun_anew == 1; });
  await_connected(*one);
  one.reset();
  auto two = start(server, "two");
  CHECK_FALSE(ada.join(*two));
}

TEST_CASE("what was published before an engine ends has reached Redis then") {
  redis_server server;
  auto one = start(server, "one");
  server.freeze(); // for less than the end may take
  for (int n = 0; n < 100; ++n)
    channels::broadcast(one->at.node, room, "said", {{"text", std::string(10'000, 'x')}});
  std::thread thawing([&] {
    std::this_thread::sleep_for(200ms); // an end that waits for nothing takes less
    server.thaw();
  });
  one.reset();
  thawing.join();
  CHECK(server.ask("XLEN websock:history:0:0:" + room) == ":100");
}

TEST_CASE("a node that Redis has not told everything reads what it lacks") {
  const redis_server server;
  visitor bob;
  auto one = start(server, "one");
  auto two = start(server, "two");
  meet(one->at, two->at);
  bob.join(*two);
  one->say(1);
  bob.hear(1);
  bob.vanish();
  for (int n = 2; n <= 200; ++n) {
    if (n % 40 == 0)
      CHECK(server.ask("CLIENT KILL TYPE pubsub").front() == ':');
    one->say(n);
  }
  await([&] { return two->at.engine.figures().losses > 0; });
  await_connected(*one);
  await_connected(*two);
  await([&] {
    const auto now = two->at.engine.figures();
    return now.received + now.lost == 200;
  });
  // More than is kept is more than can be had.
  CHECK_FALSE(bob.join(*two));
  one->say(201);
  bob.hear(1);
  bob.vanish();
  const auto losses = two->at.engine.figures().losses;
  server.ask("CLIENT KILL TYPE pubsub");
  for (int n = 202; n <= 250; ++n)
    one->say(n);
  await([&] { return two->at.engine.figures().losses > losses; });
  await([&] {
    const auto now = two->at.engine.figures();
    return now.is_connected && now.received + now.lost == 250;
  });
  CHECK(bob.join(*two));
  numbers since(50);
  std::iota(since.begin(), since.end(), 201);
  CHECK(numbers(bob.heard.begin() + 1, bob.heard.end()) == since);
}

TEST_CASE("clients that join while others speak get everything once") {
  const redis_server server;
  auto one = start(server, "one");
  std::atomic<bool> is_over{false};
  std::jthread speaker([&] {
    const auto has_gone = [&] { return one->at.engine.figures().published; };
    for (std::uint64_t n = 1; n <= 1'000'000 && !is_over; ++n) {
      one->say(static_cast<int>(n));
      while (has_gone() + 10 < n && !is_over) // what nodes have missed is still kept
        std::this_thread::yield();
    }
  });
  visitor bob;
  bob.join(*one);
  bob.hear(5);
  for (int life = 0; life < 5; ++life) {
    auto two = start(server, "two");
    if (!bob.join(*two))
      bob.heard.clear();
    bob.hear(3);
    bob.vanish();
  }
  is_over = true;
  for (std::size_t i = 1; i < bob.heard.size(); ++i)
    CHECK(bob.heard[i] == bob.heard[i - 1] + 1);
}

TEST_CASE("a full Redis publishes what it cannot keep, and recovers nobody from before") {
  const redis_server server;
  visitor ada;
  {
    auto one = start(server, "one");
    auto two = start(server, "two");
    meet(one->at, two->at);
    ada.join(*two);
    one->say(1);
    ada.hear(1);
    CHECK(server.ask("CONFIG SET maxmemory 1") == "+OK");
    one->say(2);
    ada.hear(1);
    await([&] { return one->at.engine.figures().unkept == 1; });
    CHECK(one->at.engine.figures().refused == 0);
    CHECK(server.ask("CONFIG SET maxmemory 0") == "+OK");
    ada.vanish();
    one->say(3);
  }
  auto three = start(server, "three");
  visitor bob;
  CHECK_FALSE(bob.join(*three));
  CHECK(ada.join(*three)); // it has seen all that came before what is kept
  CHECK(ada.heard == up_to(3));
}

TEST_CASE("scripts that Redis has forgotten are loaded again, and the loss is told") {
  const redis_server server;
  auto one = start(server, "one");
  auto two = start(server, "two");
  meet(one->at, two->at);
  visitor ada;
  ada.join(*two);
  CHECK(server.ask("SCRIPT FLUSH") == "+OK");
  one->say(1);
  await([&] { return one->at.engine.figures().refused == 1; });
  await([&] { return one->at.engine.figures().begun_anew == 1; });
  one->say(2);
  ada.hear(1);
  CHECK(ada.heard == numbers{2});
  CHECK(two->at.engine.figures().lost == 1);
}

TEST_CASE("a Redis that stands still does not keep anybody from joining") {
  redis_server server;
  auto one = start(server, "one");
  one->say(1);
  await([&] { return one->at.engine.figures().published == 1; });
  server.freeze();
  visitor ada;
  CHECK_FALSE(ada.join(*one)); // within 3 s
  one->say(2);
  ada.hear(1);
  CHECK(ada.heard == numbers{2});
  server.thaw();
}

TEST_CASE("an engine that leaves answers whoever waits for a history") {
  redis_server server;
  auto options = keeping(server, "one");
  options.ping_timeout = 60s;
  runtime::node node({.shards = 1, .pool_threads = 1});
  auto engine = std::make_unique<redis::engine>(node, options);
  auto& histories = node.extension<topic_histories>();
  histories.add(&of_test, "room:*", {.history = 10});
  server.freeze();
  runtime::thread_process me(node);
  CHECK(me.in_process([&](runtime::process& self) {
    return histories.read_log(histories.find(room), room, self.pid());
  }));
  engine.reset();
  CHECK(me.receive(patience, [](const channels::log_was_read&) {}));
  server.thaw();
}

TEST_CASE("a Redis that forbids scripts is refused at the start") {
  redis_server server(way::unix_socket,
                      {"--user", "mute", "on", ">open", "~*", "&*", "+@all", "-script"});
  auto options = keeping(server, "one");
  options.user = "mute";
  options.password = "open";
  runtime::node node({.shards = 1, .pool_threads = 1});
  CHECK_THROWS_WITH(redis::engine(node, options),
                    Catch::Matchers::Contains("engine_options.history: SCRIPT LOAD is "
                                              "refused: NOPERM"));
}

TEST_CASE("histories need no more commands than the guide names") {
  const std::vector<std::string> rights{"--user",
                                        "chat",
                                        "on",
                                        ">open",
                                        "~websock:node:*",
                                        "&websock:topics:*",
                                        "+ping",
                                        "+select",
                                        "+subscribe",
                                        "+publish",
                                        "+set",
                                        "+get",
                                        "+pttl",
                                        "+pexpire",
                                        "+del",
                                        "~websock:history:*",
                                        "+evalsha",
                                        "+script",
                                        "+hget",
                                        "+hincrby",
                                        "+xadd",
                                        "+xrevrange",
                                        "+time"};
  redis_server server(way::unix_socket, rights);
  auto options = keeping(server, "one");
  options.user = "chat";
  options.password = "open";
  visitor ada;
  for (int life = 0; life < 2; ++life) {
    runtime::node node({.shards = 1, .pool_threads = 1});
    const redis::engine engine(node, options);
    auto& histories = node.extension<topic_histories>();
    histories.add(&of_test, "room:*", {.history = 10});
    CHECK(ada.join(node, histories) == (life > 0));
    channels::broadcast(node, room, "said", {{"n", 2 * life + 1}});
    ada.hear(1);
    ada.vanish();
    channels::broadcast(node, room, "said", {{"n", 2 * life + 2}});
  }
  CHECK(ada.heard == up_to(3));
}
