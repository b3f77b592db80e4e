// Presence on running nodes: many threads at once, and two nodes on sockets.
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/presence.hpp"
#include "websock/channels/presence_cluster.hpp"
#include "websock/runtime/pubsub.hpp"

#include "tests/distribution/cluster_pair.hpp"
#include "tests/support/puppet.hpp"

#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace tests;
using websock::json;
using websock::channels::broadcast_message;
using websock::channels::presence;

namespace {

const std::string room = "room:1";

/// Follows a topic by its diffs alone.
class follower {
public:
  explicit follower(runtime::node& node) : me_(node) {
    me_.in_process([](process& self) { runtime::pubsub::subscribe(self, room); });
  }
  /// Until the references that it knows are those of the list of `people`.
  [[nodiscard]] bool agrees_with(const presence& people) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (known_ != references(people)) {
      if (std::chrono::steady_clock::now() > end)
        return false;
      hear_one();
    }
    return true;
  }
  /// Until that many are present.
  [[nodiscard]] bool hears_of(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (known_.size() != count && std::chrono::steady_clock::now() < end)
      hear_one();
    return known_.size() == count;
  }
  [[nodiscard]] bool is_consistent() const { return is_consistent_; }

private:
  void hear_one() {
    me_.receive(std::chrono::milliseconds(100), [&](const broadcast_message& diff) {
      const auto& payload = diff.body();
      for (const auto& each : references(payload["leaves"]))
        is_consistent_ = known_.erase(each) == 1 && is_consistent_;
      for (const auto& each : references(payload["joins"]))
        is_consistent_ = known_.insert(each).second && is_consistent_;
    });
  }
  [[nodiscard]] static std::set<std::string> references(const presence& people) {
    return references(people.list(room));
  }
  [[nodiscard]] static std::set<std::string> references(const json& presences) {
    std::set<std::string> all;
    for (const auto& each : presences)
      for (const auto& meta : each["metas"])
        all.insert(meta["phx_ref"].get<std::string>());
    return all;
  }

  runtime::thread_process me_;
  std::set<std::string> known_;
  bool is_consistent_ = true;
};

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
  follower me(node);
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
  follower me(here.node);
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
    follower them(there.node);
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
