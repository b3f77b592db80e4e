// The readiness of a shard's sockets: one level-triggered epoll set, in which the shard
// sleeps, or whose descriptor its io_context waits for. Sockets register once; reading
// costs no further call to the kernel.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace runtime {

/// What a socket is ready for.
struct readiness {
  bool readable;
  bool writable;
  bool hung_up; // both directions are gone: error or reset
};

/// What a registration waits for. `nothing` still reports a hang-up.
enum class interest : std::uint8_t { nothing, read, write, read_write };

/// The owner of a registered descriptor.
class io_target {
public:
  /// On the shard's thread, outside any process's turn. May remove itself and others.
  virtual void on_ready(readiness what) = 0;

protected:
  ~io_target() = default;
};

/// Not thread-safe but for `wake`: belongs to one shard.
class reactor {
public:
  reactor();
  ~reactor();
  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;

  /// Readable when `poll` has something to do.
  [[nodiscard]] int descriptor() const noexcept { return set_; }

  /// Throws std::system_error when the kernel refuses. `target` must outlive the
  /// registration.
  void add(int descriptor, io_target& target, interest wanted);
  void change(int descriptor, io_target& target, interest wanted);
  /// Also forgets events of `target` that were fetched but not yet dispatched.
  void remove(int descriptor, io_target& target) noexcept;
  /// Dispatches what is ready now, without blocking. Returns how many events there were.
  int poll();
  /// Blocks until something is ready, `limit` is over or `wake` was called since the last
  /// look; dispatches. Without a limit it waits for ever.
  void wait(std::optional<std::chrono::nanoseconds> limit);
  /// Ends a wait, or the next one; makes `descriptor` readable. Any thread.
  void wake() noexcept;

private:
  void dispatch(int count);

  int set_;
  int waker_; // always readable; reported once for each `wake`
  int fetched_ = 0;
  int dispatched_ = 0;
  std::array<epoll_event, 256> events_;
};

} // namespace runtime
