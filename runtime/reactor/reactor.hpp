// The sockets of a shard: which are ready, what has arrived, and what is sent together.
// The shard blocks in its reactor, or its io_context waits for the reactor's descriptor.
#pragma once

#include "reactor_kind.hpp"

#include <sys/types.h>
#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace websock::runtime {

/// What a socket is ready for.
struct readiness {
  bool readable;
  bool writable;
  bool hung_up; // both directions are closed: error or reset
};

/// What a registration waits for. All but `nothing` also report a hang-up.
enum class interest : std::uint8_t { nothing, read, write, read_write };

[[nodiscard]] constexpr bool reads(interest wanted) noexcept {
  return wanted == interest::read || wanted == interest::read_write;
}
[[nodiscard]] constexpr bool writes(interest wanted) noexcept {
  return wanted == interest::write || wanted == interest::read_write;
}

/// The owner of a registered descriptor.
class io_target {
public:
  /// Called on the shard's thread, outside any process's turn: only while `poll` or
  /// `wait` runs. May call any function of the reactor except those two, and remove
  /// itself and others. After destroying itself it must not throw.
  virtual void on_ready(readiness what) = 0;
  /// Called likewise: `rest` is the part of what `reactor::post` took that was not sent.
  /// Send it before anything else. `on_ready` follows with writable set, whatever the
  /// registration waits for. Only for targets that post.
  virtual void on_unsent(std::string_view rest);
  /// Called while an exception from one of the above is handled: ends whatever the socket
  /// belongs to, and logs why.
  virtual void failed() noexcept {}

  /// For reactors: an exception ends what the target belongs to, not the shard.
  void tell(readiness what) noexcept {
    try {
      on_ready(what);
    } catch (...) {
      failed();
    }
  }
  void tell_unsent(std::string_view rest) noexcept {
    try {
      on_unsent(rest);
    } catch (...) {
      failed();
    }
  }

protected:
  ~io_target() = default;
};

/// Called when the kernel starts to refuse a running reactor, which then continues by
/// slower means.
using reactor_refused = std::function<void(const std::error_code&)>;

/// Not thread-safe except for `wake`: belongs to one shard.
///
/// A registration is level-triggered: readiness is reported again as long as it lasts. A
/// socket is registered once; reading does not require registering it again.
class reactor {
public:
  reactor() = default;
  virtual ~reactor() = default;
  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;

  /// After `prepare_to_wait`, readable when `poll` has work. Throws std::system_error
  /// when out of descriptors. Any thread.
  [[nodiscard]] virtual int descriptor() = 0;

  /// Throws std::system_error when the kernel refuses. `target` must outlive the
  /// registration.
  virtual void add(int descriptor, io_target& target, interest wanted) = 0;
  /// With `nothing`, posted data is still sent or handed back, but nothing else is
  /// reported.
  virtual void change(int descriptor, io_target& target, interest wanted) = 0;
  /// Ends the registration: calls nobody, and drops events not yet reported to `target`.
  /// Returns posted data that could not be sent, usually nothing.
  [[nodiscard]] virtual std::string remove(int descriptor,
                                           io_target& target) noexcept = 0;

  /// As add, for a connected, non-blocking stream socket. From the first call on, read it
  /// only with `receive` and close it only with `close`.
  virtual void add_stream(int descriptor, io_target& target, interest wanted) = 0;
  /// As recv(2), for any socket, including errno.
  [[nodiscard]] virtual ssize_t receive(int descriptor,
                                        std::span<std::byte> into) noexcept = 0;
  /// How many octets have arrived, for `receive` to return.
  [[nodiscard]] virtual std::size_t arrived(int descriptor) noexcept = 0;
  /// As send(2), without SIGPIPE.
  [[nodiscard]] virtual ssize_t send(int descriptor, std::string_view bytes) noexcept = 0;
  /// As sendmsg(2), without SIGPIPE.
  [[nodiscard]] virtual ssize_t gather(int descriptor,
                                       std::span<const iovec> pieces) noexcept = 0;
  /// As send, but may be deferred: it is then batched with other posts and sent before
  /// the shard blocks. Only for registered streams; whatever is not sent then goes back
  /// to the target, from `poll` or `wait`.
  [[nodiscard]] virtual ssize_t post(int descriptor, std::string_view bytes) noexcept = 0;
  /// For a descriptor that was added as a stream.
  virtual void close(int descriptor) noexcept = 0;

  /// Sends posted data and dispatches what is ready, without blocking. Returns the number
  /// of events.
  virtual int poll() = 0;
  /// The same, but blocks until something is ready, `limit` expires or `wake` has been
  /// called since the last check. Without a limit it may block forever. It may return
  /// early, for example on a signal: check the clock if the time matters.
  virtual void wait(std::optional<std::chrono::nanoseconds> limit) = 0;
  /// Sends posted data, and dispatches nothing.
  virtual void flush() = 0;
  /// Call before something else waits for `descriptor`: sends posted data. False when
  /// `poll` has work already.
  [[nodiscard]] virtual bool prepare_to_wait() = 0;
  /// Ends the current wait or the next one; makes `descriptor` readable. Any thread.
  virtual void wake() noexcept = 0;

protected:
  /// `arrived` for octets still in the kernel.
  [[nodiscard]] static std::size_t arrived_in_kernel(int descriptor) noexcept;
  [[nodiscard]] static ssize_t send_pieces(int descriptor,
                                           std::span<const iovec> pieces) noexcept;
};

/// Resolves `wanted` on this system; tries io_uring with one round trip. Throws
/// std::system_error when the kernel lacks a reactor requested by name, and in any case
/// when descriptors or memory run out.
[[nodiscard]] reactor_choice choose_reactor(reactor_kind wanted);

/// `automatic` means the choice of choose_reactor. Throws std::system_error as that does.
[[nodiscard]] std::unique_ptr<reactor> make_reactor(reactor_kind kind,
                                                    reactor_refused refused = {});

} // namespace websock::runtime
