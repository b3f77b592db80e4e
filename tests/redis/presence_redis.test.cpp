// Presence on nodes that only a Redis joins: nodes come and go, are cut off and killed,
// and so is Redis. In the end all agree with each other, and with what their diffs said.
#include "websock/channels/presence_redis.hpp"

#include "tests/channels/presence/presence_follower.hpp"
#include "tests/redis/joined_node.hpp"
#include "tests/support/puppet.hpp"
#include "tests/support/two_shards.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace tests;
using websock::json;
using websock::channels::presence;
using websock::channels::presence_options;
using way = redis_server::way;

namespace {

[[nodiscard]] presence_options quick(runtime::duration down = 30s) {
  presence_options all;
  all.periods.heartbeat = 50ms;
  all.periods.down = down;
  return all;
}

[[nodiscard]] presence_options called(presence_options options, const std::string& name) {
  options.node_name = name;
  return options;
}

/// A node with an engine and a presence, and who follows the room there.
struct seat {
  explicit seat(const redis::engine_options& options,
                const presence_options& how = quick())
      : engine(std::in_place, node, options), people(node, called(how, options.name)),
        follower(node) {
    websock::channels::join_redis(people, *engine);
  }
  seat(const redis_server& server, const std::string& name,
       const presence_options& how = quick())
      : seat(lively(server.options(name)), how) {}

  pid track(const std::string& key) {
    auto who = node.spawn<puppet>();
    people.track(who, room, key);
    return who;
  }
  void end(const pid& who) { node.exit(who, runtime::reason::kill); }
  [[nodiscard]] std::size_t metas() const {
    std::size_t count = 0;
    for (const auto& each : people.list(room))
      count += each["metas"].size();
    return count;
  }

  runtime::node node{two_shards()};
  std::optional<redis::engine> engine;
  presence people;
  presence_follower follower;
};

using seats = std::vector<seat*>;

/// Until so many entries are in the list of each, which is the same for all, and is what
/// the diffs add up to.
void await_agreement(const seats& all, std::size_t count) {
  await([&] {
    for (const auto* each : all)
      if (each->metas() != count || each->people.list(room) != all[0]->people.list(room))
        return false;
    return true;
  });
  for (auto* each : all) {
    CHECK(each->follower.agrees_with(each->people));
    CHECK(each->follower.is_consistent());
  }
}

void await_connected(const seats& all) {
  await([&] {
    for (const auto* each : all)
      if (!each->engine->figures().is_connected
          || each->engine->nodes().size() != all.size() - 1)
        return false;
    return true;
  });
}

void await_lost(const seats& all) {
  for (const auto* each : all)
    await([&] { return each->engine->nodes().empty(); });
}

/// A server with a user of its own for a node, so that Redis can turn it away.
const std::vector<std::string> with_carol{"--user", "carol", "on",   ">open",
                                          "~*",     "&*",    "+@all"};

[[nodiscard]] redis::engine_options as_carol(const redis_server& server) {
  auto options = lively(server.options("carol"));
  options.user = "carol";
  options.password = "open";
  return options;
}

} // namespace

TEST_CASE("people of three nodes are present on all, by Redis alone") {
  const redis_server server;
  seat ada(server, "ada");
  seat bob(server, "bob");
  const auto first = ada.track("ada");
  const auto tab = bob.track("bob");
  seat carol(server, "carol"); // and sees who is there
  const auto other_tab = carol.track("bob");
  const seats all{&ada, &bob, &carol};
  await_agreement(all, 3);
  CHECK(ada.people.get_by_key(room, "bob")["metas"].size() == 2);
  ada.people.update(first, room, "ada", {{"status", "away"}});
  await([&] {
    return carol.people.get_by_key(room, "ada")["metas"][0].contains("status");
  });
  bob.end(tab);
  await_agreement(all, 2);
  carol.end(other_tab);
  await_agreement(all, 1);
  ada.end(first);
  await_agreement(all, 0);
}

TEST_CASE("when a node leaves Redis in good order, all there have left at once") {
  const redis_server server;
  seat ada(server, "ada"); // which would keep them for 30 s
  ada.track("ada");
  {
    seat bob(server, "bob");
    bob.track("bob");
    await_agreement({&ada, &bob}, 2);
  }
  await_agreement({&ada}, 1);
}

TEST_CASE("people of a node that Redis turns away leave, and come back with it") {
  const redis_server server(way::unix_socket, with_carol);
  seat ada(server, "ada", quick(200ms));
  seat bob(server, "bob", quick(200ms));
  seat carol(as_carol(server), quick(200ms));
  const seats all{&ada, &bob, &carol};
  ada.track("ada");
  bob.track("bob");
  const auto gone = carol.track("carol");
  await_agreement(all, 3);
  CHECK(server.ask("ACL DELUSER carol") == ":1");
  await_agreement({&ada, &bob}, 2);
  await_agreement({&carol}, 1); // alone, as she sees it
  carol.end(gone);
  carol.track("eve");
  const auto left = bob.track("bob");
  bob.end(left);
  CHECK(server.ask("ACL SETUSER carol on >open ~* &* +@all") == "+OK");
  await_agreement(all, 3);
  CHECK(bob.people.list(room).contains("eve"));
}

TEST_CASE(
    "while Redis is away for a short time nobody leaves, and then all agree again") {
  redis_server server;
  seat ada(server, "ada");
  seat bob(server, "bob");
  seat carol(server, "carol");
  const seats all{&ada, &bob, &carol};
  ada.track("ada");
  bob.track("bob");
  const auto gone = carol.track("carol");
  await_agreement(all, 3);
  for (int round = 0; round < 3; ++round) {
    server.kill();
    ada.track("ada in round " + std::to_string(round));
    if (round == 1)
      carol.end(gone);
    await_lost(all);
    bob.track("bob in round " + std::to_string(round));
    server.restart();
    await_agreement(all, round == 0 ? 5 : 4 + static_cast<std::size_t>(round) * 2);
  }
  for (auto* each : all)
    CHECK(each->follower.leaves() == 1); // who has really left
}

TEST_CASE("after a long time without Redis people rejoin as who they were") {
  redis_server server;
  seat ada(server, "ada", quick(1ms));
  seat bob(server, "bob", quick(1ms));
  const seats all{&ada, &bob};
  ada.track("ada");
  bob.track("bob");
  await_agreement(all, 2);
  const auto before = ada.people.list(room);
  server.kill();
  await_agreement({&ada}, 1);
  await_agreement({&bob}, 1);
  server.restart();
  await_agreement(all, 2);
  CHECK(ada.people.list(room) == before);
}

TEST_CASE(
    "people of a node that was started again unheard take the places of former ones") {
  redis_server server;
  seat ada(server, "ada");
  auto bob = std::make_unique<seat>(server, "bob");
  ada.track("ada");
  bob->track("eve");
  await_agreement({&ada, bob.get()}, 2);
  server.kill(); // nobody hears the end of it
  bob.reset();
  server.restart();
  bob = std::make_unique<seat>(server, "bob");
  await_connected({&ada, bob.get()});
  CHECK(ada.metas() == 2);
  bob->track("eve");
  await_agreement({&ada, bob.get()}, 2);
  CHECK(ada.follower.leaves() == 1); // an update
}

TEST_CASE("a snapshot arrives although Redis has no room for most of what is said") {
  const redis_server server;
  auto how = quick();
  how.limits.history_steps = 10;
  how.limits.message_octets = 20'000;
  auto options = lively(server.options("ada"));
  options.output_limit = 65'536;
  seat ada(options, how);
  const auto who = ada.node.spawn<puppet>();
  const json meta{{"text", std::string(500, 'x')}};
  for (int i = 0; i < 300; ++i)
    ada.people.track(who, room, std::to_string(i), meta);
  seat bob(server, "bob", how);
  await([&] { return !bob.people.list(room).empty(); }); // all at once
  const std::string flood(60'000, 'x');
  for (int i = 0; i < 300; ++i) {
    pubsub::broadcast(ada.node, "news", flood);
    ada.people.update(who, room, std::to_string(i), {{"n", i}});
  }
  CHECK(ada.engine->figures().dropped > 0);
  await_agreement({&ada, &bob}, 300);
}

TEST_CASE("a presence must have the name of the engine that it is to join") {
  const redis_server server;
  runtime::node node(two_shards());
  redis::engine engine(node, lively(server.options("ada")));
  presence unnamed(node);
  CHECK_THROWS_AS(websock::channels::join_redis(unnamed, engine), std::logic_error);
}
