// How long pings wait while somebody else on the same node sends large messages.
#include "websock/runtime/send.hpp"

#include "bench/cluster/node_pair.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

[[nodiscard]] std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

/// The time from a ping to its echo, in nanoseconds.
[[nodiscard]] std::int64_t ping_once(node_pair& nodes) {
  nodes.node().send(nodes.name_there("echo"), ping{nodes.me().pid(), now_ns()});
  std::int64_t took = -1;
  nodes.me().receive(patience, [&](const ping& back) { took = now_ns() - back.sent_ns; });
  return took;
}

[[nodiscard]] double milliseconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e6;
}

} // namespace

nlohmann::json large(const settings& how) {
  node_pair nodes(how);
  runtime::thread_process other(nodes.node());
  std::vector<std::int64_t> took;
  const std::string text(how.size, 'x');
  const auto start = now_ns();
  for (std::size_t round = 0; round < how.rounds; ++round) {
    // Of a thread, so that no shard stands still while the message is made.
    const std::jthread sender([&] {
      runtime::send(nodes.first().sink, text);
      runtime::send(nodes.first().sink, ask{other.pid()});
    });
    while (!other.receive(0s, [](const usage&) {})) {
      took.push_back(ping_once(nodes));
      std::this_thread::sleep_for(500us);
    }
  }
  const auto all = now_ns() - start;
  std::sort(took.begin(), took.end());
  return {{"messages", nodes.ask_usage().messages},
          {"message_ms", milliseconds(all) / static_cast<double>(how.rounds)},
          {"pings", took.size()},
          {"median_ms", milliseconds(took[took.size() / 2])},
          {"p99_ms", milliseconds(took[took.size() * 99 / 100])},
          {"longest_ms", milliseconds(took.back())}};
}

} // namespace bench
