// Timers that send a message: send_after and what follows from it.
#pragma once

#include "runtime/pid.hpp"
#include "runtime/reference.hpp"
#include "runtime/term.hpp"
#include "runtime/timer_queue.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace runtime {

class shard;

/// The message timers of one shard. A cancelled or fired one is gone from memory at once.
class send_timers {
public:
  explicit send_timers(shard& on) noexcept;
  ~send_timers();
  send_timers(const send_timers&) = delete;
  send_timers& operator=(const send_timers&) = delete;

  /// To `to`, or to whoever has `name` when it fires. A negative delay counts as zero.
  reference start(duration delay, pid to, std::string name, term message);
  /// What was left; nothing when `ref` names no timer that runs here.
  std::optional<duration> cancel(reference ref);
  [[nodiscard]] std::size_t size() const noexcept { return running_.size(); }

private:
  class entry;
  shard& shard_;
  std::unordered_map<reference, std::unique_ptr<entry>> running_;
};

} // namespace runtime
