// Queues lines for a descriptor that may be slow, stuck or closed, so that no caller
// waits for it.
#pragma once

#include "line_limit.hpp"
#include "log.hpp"

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace websock::runtime::detail {

/// Any thread may call every function. The first line creates the writing thread, which
/// takes no signals and shares ownership of the writer, as it may block in a write for
/// ever.
class line_writer : public std::enable_shared_from_this<line_writer> {
public:
  static constexpr std::size_t longest_line = 2'048;
  static constexpr std::size_t most_waiting = 262'144; // octets

  explicit line_writer(int descriptor) noexcept : descriptor_(descriptor) {}

  void put(log_level level, std::string_view line) noexcept;
  /// Waits until every line put so far is written, and reports lines held back. False
  /// when `limit` expires first.
  bool flush(std::chrono::milliseconds limit) noexcept;
  /// Makes the thread end once it has written everything queued.
  void close() noexcept;
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

private:
  using lock = std::unique_lock<std::mutex>;

  void append(log_level level, std::string_view line);
  void tell_repeated(std::chrono::steady_clock::time_point now) noexcept;
  void drop() noexcept;
  /// Creates the thread if necessary; false when the system refuses one.
  [[nodiscard]] bool has_thread();
  void run() noexcept;
  [[nodiscard]] bool wait_for_lines(lock& held) noexcept;
  void write_waiting(lock& held) noexcept;
  [[nodiscard]] bool tell_dropped(std::uint64_t count) const noexcept;
  [[nodiscard]] bool write(std::string_view line) const noexcept;
  void write_what_goes() noexcept;

  const int descriptor_;
  std::mutex mutex_; // guards all below: shards and the thread, but never during a write
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  std::size_t octets_ = 0; // in the queue
  line_limit limit_;
  std::atomic<std::uint64_t> dropped_{0};
  std::uint64_t untold_ = 0; // dropped lines not reported yet
  pid_t thread_of_ = 0;      // the process id that has the thread: a fork has none
  bool is_writing_ = false;
  bool is_asked_to_flush_ = false; // a thread waits in flush(): all periods count as over
  bool is_closed_ = false;
};

} // namespace websock::runtime::detail
