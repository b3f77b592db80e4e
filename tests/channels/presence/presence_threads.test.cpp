// Presence on running nodes: many threads at once, and two nodes on sockets.
#include "websock/channels/presence.hpp"
#include "websock/channels/presence_cluster.hpp"

#include "tests/channels/presence/presence_follower.hpp"
#include "tests/distribution/cluster_pair.hpp"
#include "tests/support/puppet.hpp"

#include <string>
#include <thread>
#include <vector>

using namespace tests;
using websock::json;
using websock::channels::presence;

namespace {

/// Tracks, updates, and ends processes, or untracks them.
void come_and_go(runtime::node& node, presence& people, unsigned seed) {
  for (unsigned i = 0; i < 300; ++i) {
    const auto who = node.spawn<puppet>();
    const auto key = std::to_string((i + seed) % 7);
    people.track(who, room, key, {{"n", i}});
    people.update(who, room, key, [](json meta) { return meta; });
    static_cast<void>(people.list_text(room));
    if (i % 3 == 0)
      people.untrack(who);
    if (i % 2 == 0)
      node.exit(who, runtime::reason::kill);
  }
}

} // namespace

TEST_CASE("threads track while processes end: the diffs add up to the list") {
  runtime::node node(two_shards());
  presence people(node);
  presence_follower me(node);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 3; ++i)
    threads.emplace_back([&, i] { come_and_go(node, people, i); });
  for (auto& each : threads)
    each.join();
  CHECK(me.agrees_with(people));
  CHECK(me.is_consistent());
}

TEST_CASE("two nodes on sockets see each other's people come, and go with their node") {
  const cookie_file cookie;
  const auto epmd = free_port();
  member here("a@127.0.0.1", cookie, epmd);
  presence people(here.node);
  websock::channels::join_cluster(people, here.cluster);
  presence_follower me(here.node);
  const auto mine = here.node.spawn<puppet>();
  people.track(mine, room, "ada");
  {
    member there("b@127.0.0.1", cookie, epmd);
    presence others(there.node);
    websock::channels::join_cluster(others, there.cluster);
    there.cluster.connect("a@127.0.0.1");
    for (int i = 0; i < 10; ++i)
      others.track(there.node.spawn<puppet>(), room, "eve");
    CHECK(me.hears_of(11));
    CHECK(people.get_by_key(room, "eve")["metas"].size() == 10);
    presence_follower them(there.node);
    people.update(mine, room, "ada", {{"status", "away"}});
    const auto end = std::chrono::steady_clock::now() + patience;
    while (others.list(room) != people.list(room)
           && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    CHECK(others.list(room) == people.list(room));
  } // in good order
  CHECK(me.hears_of(1));
  CHECK(me.is_consistent());
}
