// Connections that come and go.
#include "bench/load/channel.hpp"
#include "bench/load/handshake.hpp"
#include "bench/load/measurement.hpp"
#include "bench/load/poller.hpp"
#include "bench/load/scenarios.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

namespace {

using clock = std::chrono::steady_clock;

/// A masked close frame with code 1000.
constexpr std::string_view close_frame("\x88\x82\x00\x00\x00\x00\x03\xE8", 8);

/// From connect to the end of the stream after both close frames.
class visit {
public:
  visit(const settings& to, std::size_t source)
      : to_(to), channel_(start_connect(to, source)) {}

  [[nodiscard]] int fd() const noexcept { return channel_.fd(); }
  void on_connected() { channel_.send_all(handshake_request(to_)); }
  /// Returns whether it is over. Throws std::runtime_error for what should not come.
  [[nodiscard]] bool on_readable() {
    std::array<char, 4'096> buffer;
    const auto got = channel_.receive(buffer);
    if (got.state == io::would_block)
      return false;
    if (got.state == io::closed)
      return end();
    received_.append(buffer.data(), got.octets);
    if (!upgraded_)
      upgrade();
    return false;
  }

private:
  void upgrade() {
    const auto size = handshake_answer(to_, received_);
    if (size == 0)
      return;
    received_.erase(0, size);
    upgraded_ = true;
    channel_.send_all(close_frame);
  }
  [[nodiscard]] bool end() const {
    if (!upgraded_ || !received_.starts_with("\x88\x02\x03\xE8"))
      throw std::runtime_error("a connection ended without a close frame of code 1000");
    return true;
  }

  const settings& to_;
  channel channel_;
  std::string received_;
  bool upgraded_ = false;
};

class visits {
public:
  explicit visits(const settings& wanted) : wanted_(wanted), slots_(wanted.connections) {}

  std::uint64_t run(std::uint64_t count, std::chrono::milliseconds limit,
                    histogram& latencies) {
    left_ = count;
    const auto end = clock::now() + limit;
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i)
      begin(i);
    while (open_ > 0) {
      const auto ready = poller_.wait(std::chrono::seconds(10));
      if (ready.empty())
        throw std::runtime_error("nothing came back for ten seconds");
      for (const auto& each : ready)
        if (go_on(each, latencies)) {
          ++done;
          if (clock::now() >= end)
            left_ = 0;
          begin(each.index);
        }
    }
    return done;
  }

private:
  struct slot {
    std::optional<visit> now;
    clock::time_point begun;
    bool connected = false;
  };

  void begin(std::size_t index) {
    if (left_ == 0)
      return;
    --left_;
    ++open_;
    auto& one = slots_[index];
    one.begun = clock::now();
    one.connected = false;
    one.now.emplace(wanted_,
                    begun_++ / 4'096 % 200); // ports in TIME_WAIT come again late
    poller_.add(one.now->fd(), index, poller::interest::writing);
  }

  [[nodiscard]] bool go_on(const poller::ready& event, histogram& latencies) {
    auto& one = slots_[event.index];
    if (!one.connected) {
      one.connected = true;
      one.now->on_connected();
      poller_.change(one.now->fd(), event.index, poller::interest::reading);
      return false;
    }
    if (!event.readable || !one.now->on_readable())
      return false;
    latencies.record(static_cast<std::uint64_t>((clock::now() - one.begun).count()));
    one.now.reset();
    --open_;
    return true;
  }

  const settings& wanted_;
  poller poller_;
  std::vector<slot> slots_;
  std::size_t begun_ = 0;
  std::size_t open_ = 0;
  std::uint64_t left_ = 0;
};

} // namespace

nlohmann::json measure_churn(const settings& wanted) {
  visits all(wanted);
  return measure(all, wanted);
}

} // namespace bench
