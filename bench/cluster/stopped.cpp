// What a node keeps for another one that stands still, and whether everything that was
// offered is accounted for.
#include "websock/runtime/send.hpp"

#include "bench/cluster/node_pair.hpp"

#include <algorithm>
#include <csignal>
#include <thread>

namespace bench {

namespace {

/// The most that is resident within so many seconds.
[[nodiscard]] std::int64_t peak_kib(std::size_t seconds) {
  std::int64_t most = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    most = std::max(most, resident_kib());
    std::this_thread::sleep_for(10ms);
  }
  return most;
}

/// `offer` sends `count` messages while the other node stands still.
template <class F>
[[nodiscard]] nlohmann::json hold(node_pair& nodes, const settings& how, F offer) {
  const auto before = nodes.ask_usage();
  const auto dropped_before = nodes.figures().messages_dropped;
  const auto resident = resident_kib();
  nodes.signal(SIGSTOP);
  offer();
  const auto peak = peak_kib(how.seconds);
  const auto waiting = nodes.figures().octets_unsent;
  nodes.signal(SIGCONT);
  const auto after = nodes.receive_usage();
  const auto received = after.messages - before.messages;
  const auto dropped =
      static_cast<std::int64_t>(nodes.figures().messages_dropped - dropped_before);
  return {{"offered", how.count},
          {"received", received},
          {"dropped", dropped},
          {"growth_kib", peak - resident},
          {"waiting_octets", waiting},
          {"is_exact", received + dropped == static_cast<std::int64_t>(how.count)}};
}

} // namespace

nlohmann::json stopped(const settings& how) {
  node_pair nodes(how);
  const auto& sink = nodes.first().sink;
  const auto by_process = hold(nodes, how, [&] {
    nodes.node().spawn<flooder>(sink, nodes.me().pid(), how.count, how.size);
  });
  std::jthread asks;
  const auto by_thread = hold(nodes, how, [&] {
    const std::string text(how.size, 'x');
    for (std::size_t i = 0; i < how.count; ++i)
      runtime::send(sink, text);
    asks = std::jthread([&] { // once there is room again
      while (nodes.figures().octets_unsent > 1'048'576)
        std::this_thread::sleep_for(10ms);
      runtime::send(sink, ask{nodes.me().pid()});
    });
  });
  return {{"process", by_process}, {"thread", by_thread}};
}

} // namespace bench
