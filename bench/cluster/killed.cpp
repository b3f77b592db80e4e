// What processes hear when the node of their links and monitors is gone, and when.
#include "websock/runtime/send.hpp"

#include "bench/cluster/node_pair.hpp"

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

namespace bench {

namespace {

using clock_type = std::chrono::steady_clock;

/// Written by one process; read by the thread that waits.
struct heard {
  std::atomic<std::size_t> exits{0};
  std::atomic<std::size_t> downs{0};
  std::atomic<std::size_t> others{0}; // with another reason
  [[nodiscard]] std::size_t all() const { return exits + downs + others; }
};

/// Links to each of a crowd, and monitors each.
class tied final : public runtime::behaviour {
public:
  tied(heard& all, runtime::name_at crowd, std::size_t count, runtime::name_at sink,
       runtime::pid asks)
      : all_(all), crowd_(std::move(crowd)), count_(count), sink_(std::move(sink)),
        asks_(std::move(asks)) {}

private:
  void on_start() override {
    self().trap_exit(true);
    self().send(crowd_, populate{self().pid(), static_cast<std::int64_t>(count_)});
  }
  void on_message(runtime::term message) override {
    const runtime::exit_reason gone = runtime::reason::noconnection;
    message.match([&](const std::vector<runtime::pid>& crowd) { tie(crowd); },
                  [&](const runtime::exit_signal& one) {
                    ++(one.reason == gone ? all_.exits : all_.others);
                  },
                  [&](const runtime::down& one) {
                    ++(one.reason == gone ? all_.downs : all_.others);
                  },
                  [](runtime::otherwise) {});
  }
  void tie(const std::vector<runtime::pid>& crowd) {
    for (const auto& each : crowd) {
      self().link(each);
      static_cast<void>(self().monitor(each));
    }
    self().send(sink_, ask{asks_}); // behind them all
  }

  heard& all_;
  const runtime::name_at crowd_;
  const std::size_t count_;
  const runtime::name_at sink_;
  const runtime::pid asks_;
};

[[nodiscard]] nlohmann::json lose(const settings& how, int number,
                                  clock_type::duration limit) {
  node_pair nodes(how);
  heard all;
  nodes.node().spawn<tied>(std::ref(all), nodes.name_there("crowd"), how.count,
                           nodes.name_there("sink"), nodes.me().pid());
  static_cast<void>(nodes.receive_usage());
  nodes.signal(number);
  const auto start = clock_type::now();
  while (all.all() < 2 * how.count && clock_type::now() < start + limit)
    std::this_thread::sleep_for(1ms);
  const std::chrono::duration<double> took = clock_type::now() - start;
  std::this_thread::sleep_for(200ms); // for what is one too many
  if (number == SIGSTOP)
    nodes.signal(SIGCONT);
  return {{"exits", all.exits.load()},
          {"downs", all.downs.load()},
          {"others", all.others.load()},
          {"seconds", took.count()}};
}

} // namespace

nlohmann::json killed(const settings& how) {
  return lose(how, SIGKILL, 30s);
}

nlohmann::json silent(const settings& how) {
  return lose(how, SIGSTOP, std::chrono::seconds(how.net_ticktime * 3));
}

} // namespace bench
