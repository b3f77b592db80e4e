// Lines on their way to a descriptor that may be slow, stuck or closed: nobody who has a
// line waits for it.
#pragma once

#include "websock/runtime/log/line_limit.hpp"
#include "websock/runtime/log/log.hpp"

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

/// Any thread may call anything here. Its thread is made by the first line, takes no
/// signal, and shares the writer: it may stand in a write for ever.
class line_writer : public std::enable_shared_from_this<line_writer> {
public:
  static constexpr std::size_t longest_line = 2'048;
  static constexpr std::size_t most_waiting = 262'144; // octets

  explicit line_writer(int descriptor) noexcept : descriptor_(descriptor) {}

  void put(log_level level, std::string_view line) noexcept;
  /// Waits until all is written that was put; what is held back is told. False when
  /// `limit` is over before.
  bool flush(std::chrono::milliseconds limit) noexcept;
  /// The thread ends when it has written what there is.
  void close() noexcept;
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

private:
  using lock = std::unique_lock<std::mutex>;

  void append(log_level level, std::string_view line);
  void tell_repeated(std::chrono::steady_clock::time_point now) noexcept;
  void drop() noexcept;
  /// False when the system has no thread for it.
  [[nodiscard]] bool has_thread();
  void run() noexcept;
  [[nodiscard]] bool wait_for_lines(lock& held) noexcept;
  void write_waiting(lock& held) noexcept;
  [[nodiscard]] bool tell_dropped(std::uint64_t count) const noexcept;
  [[nodiscard]] bool write(std::string_view line) const noexcept;
  void write_what_goes() noexcept;

  const int descriptor_;
  std::mutex mutex_; // of all below: shards and the thread meet here, for no write
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  std::size_t octets_ = 0; // of them
  line_limit limit_;
  std::atomic<std::uint64_t> dropped_{0};
  std::uint64_t untold_ = 0; // of the dropped
  pid_t thread_of_ = 0;      // the program that has the thread: not one that was forked
  bool is_writing_ = false;
  bool is_asked_to_flush_ = false; // somebody waits: periods are over now
  bool is_closed_ = false;
};

} // namespace websock::runtime::detail
