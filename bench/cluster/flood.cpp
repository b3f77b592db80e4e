// What a small message costs: CPU of both nodes, and how many go through in a second.
#include "bench/cluster/node_pair.hpp"

namespace bench {

nlohmann::json flood(const settings& how) {
  node_pair nodes(how);
  const auto before = nodes.ask_usage();
  const auto cpu_before = cpu_us();
  const auto start = std::chrono::steady_clock::now();
  nodes.node().spawn<flooder>(nodes.first().sink, nodes.me().pid(), how.count, how.size);
  const auto after = nodes.receive_usage();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const auto count = static_cast<double>(how.count);
  const auto sender = static_cast<double>(cpu_us() - cpu_before) / count;
  const auto receiver = static_cast<double>(after.cpu_us - before.cpu_us) / count;
  return {{"messages", after.messages - before.messages},
          {"sender_us", sender},
          {"receiver_us", receiver},
          {"cpu_us", sender + receiver},
          {"per_second", count / took.count()}};
}

} // namespace bench
