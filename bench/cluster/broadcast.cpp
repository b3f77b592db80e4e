// What a broadcast costs the node on which it begins, and how often it leaves for others.
#include "websock/runtime/pubsub.hpp"
#include "websock/runtime/thread_process.hpp"

#include "bench/cluster/messages.hpp"
#include "bench/cluster/node_pair.hpp"
#include "bench/cluster/subscribers.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

void wait_for_local(std::int64_t deliveries) {
  while (subscribers::delivered() < deliveries)
    std::this_thread::sleep_for(1ms);
}

/// One at a time, so that no mailbox grows.
void publish(runtime::node& node, const settings& how) {
  const std::string text(how.size, 'x');
  for (std::size_t i = 1; i <= how.count; ++i) {
    runtime::pubsub::broadcast(node, "news", text);
    wait_for_local(static_cast<std::int64_t>(i * how.subscribers));
  }
}

void wait_until_shared(const websock::cluster& cluster, std::size_t nodes) {
  const auto all_share = [&] {
    const auto peers = cluster.peers();
    return peers.size() == nodes
           && std::all_of(peers.begin(), peers.end(),
                          [](const auto& each) { return each.shares_topics; });
  };
  while (!all_share())
    std::this_thread::sleep_for(1ms);
}

/// What has been delivered at the other nodes: each answers behind the broadcasts, and
/// once more when its subscribers have had them.
[[nodiscard]] std::int64_t delivered_at(runtime::thread_process& me,
                                        const std::string& node, std::int64_t wanted) {
  usage told;
  const auto end = std::chrono::steady_clock::now() + patience;
  while (told.deliveries < wanted && std::chrono::steady_clock::now() < end) {
    me.node().send(runtime::name_at{"sink", node}, ask{me.pid()});
    me.receive(patience, [&](const usage& now) { told = now; });
  }
  return told.deliveries;
}

} // namespace

nlohmann::json broadcast(const settings& how) {
  runtime::node node(node_options_of(how));
  subscribers::start(node, how.subscribers);
  const std::size_t others = how.second.empty() ? 0 : 2;
  std::optional<websock::cluster> cluster;
  if (others > 0) {
    cluster.emplace(node, options_of(how));
    wait_until_shared(*cluster, others);
  }
  const auto before = cluster ? cluster->peers() : std::vector<runtime::peer_info>();
  publish(node, how);
  auto after = cluster ? cluster->peers() : before;
  runtime::thread_process me(node);
  nlohmann::json remote = nlohmann::json::array();
  for (std::size_t i = 0; i < after.size(); ++i)
    remote.push_back({{"frames", after[i].messages_sent - before[i].messages_sent},
                      {"delivered", delivered_at(me, after[i].name,
                                                 static_cast<std::int64_t>(
                                                     how.count * how.subscribers))}});
  return {{"broadcasts", how.count},
          {"delivered", subscribers::delivered()},
          {"remote", remote}};
}

} // namespace bench
