// All connections of a run and their epoll set.
#pragma once

#include "bench/load/client.hpp"
#include "bench/load/messages.hpp"
#include "bench/load/pattern.hpp"
#include "bench/load/poller.hpp"
#include "bench/load/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace bench {

class fleet {
public:
  using clock = std::chrono::steady_clock;

  /// Connects all, which join what `to` says, unless that is what the traffic does.
  fleet(const settings& to, traffic what);

  [[nodiscard]] std::size_t size() const noexcept { return clients_.size(); }
  [[nodiscard]] client& at(std::size_t index) noexcept { return *clients_[index]; }
  /// Sends what `index` is allowed to, now or when the kernel takes it.
  void flush(std::size_t index);
  /// Waits until connections are readable and calls `on(index, messages)` for each that
  /// has received complete ones. Throws std::runtime_error when nothing happens for ten
  /// seconds although something `is_due`.
  template <class On>
  void turn(std::chrono::nanoseconds longest, bool is_due, On on) {
    const auto ready = poller_.wait(longest);
    note_progress(!ready.empty() || !is_due);
    for (const auto& each : ready) {
      if (each.writable)
        flush(each.index);
      if (!each.readable)
        continue;
      if (const auto count = at(each.index).receive(buffer_); count > 0)
        on(each.index, count);
    }
  }

private:
  void note_progress(bool made);

  std::optional<pattern> joins_;
  pattern messages_;
  poller poller_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<bool> waits_to_send_;
  std::vector<char> buffer_;
  clock::time_point last_progress_ = clock::now();
};

/// The loopback address that connection `index` comes from: each serves for some
/// thousands.
[[nodiscard]] std::size_t source_of(std::size_t index) noexcept;

} // namespace bench
