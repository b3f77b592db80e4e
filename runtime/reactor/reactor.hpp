// The sockets of a shard: which of them are ready, what has come on them, and what leaves
// together. The shard sleeps in its reactor, or its io_context waits for the descriptor.
#pragma once

#include "websock/runtime/reactor/reactor_kind.hpp"

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
  bool hung_up; // both directions are gone: error or reset
};

/// What a registration waits for. A hang-up is reported with each of them but `nothing`.
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
  /// On the shard's thread, outside any process's turn: only while `poll` or `wait` runs.
  /// May call anything of the reactor's but those two, and remove itself and others. One
  /// that destroys itself throws nothing afterwards.
  virtual void on_ready(readiness what) = 0;
  /// In the same way: of what `reactor::post` took, `rest` did not leave. It goes before
  /// all else that is to be sent. `on_ready` follows, with writable, whatever the
  /// registration waits for. For targets that post.
  virtual void on_unsent(std::string_view rest);
  /// One of them has thrown, which is being handled: ends what the socket is a part of,
  /// and logs why.
  virtual void failed() noexcept {}

  /// What reactors call: what it throws ends what is behind it, and not the shard.
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

/// Hears of a reactor that the kernel refuses after it has begun, and that goes on by
/// slower means.
using reactor_refused = std::function<void(const std::error_code&)>;

/// Not thread-safe but for `wake`: belongs to one shard.
///
/// A registration is level-triggered: what is ready is reported again and again. Sockets
/// register once; reading costs no further call to register.
class reactor {
public:
  reactor() = default;
  virtual ~reactor() = default;
  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;

  /// Readable when `poll` has something to do, after `prepare_to_wait`. Throws
  /// std::system_error when no descriptor is left. Any thread.
  [[nodiscard]] virtual int descriptor() = 0;

  /// Throws std::system_error when the kernel refuses. `target` must outlive the
  /// registration.
  virtual void add(int descriptor, io_target& target, interest wanted) = 0;
  /// With `nothing`, what was posted still leaves, or comes back, but nothing else is
  /// reported.
  virtual void change(int descriptor, io_target& target, interest wanted) = 0;
  /// The end: calls nobody, and forgets what `target` has not been told yet. Returns what
  /// was posted and could not be sent, as a rule nothing.
  [[nodiscard]] virtual std::string remove(int descriptor,
                                           io_target& target) noexcept = 0;

  /// As add, for a connected, non-blocking stream socket. From the first time on it is
  /// read with `receive`, and closed with `close`, only.
  virtual void add_stream(int descriptor, io_target& target, interest wanted) = 0;
  /// As recv(2), of any socket. In errno what it says.
  [[nodiscard]] virtual ssize_t receive(int descriptor,
                                        std::span<std::byte> into) noexcept = 0;
  /// How many octets `receive` would find: those that have come.
  [[nodiscard]] virtual std::size_t arrived(int descriptor) noexcept = 0;
  /// As send(2), without a signal.
  [[nodiscard]] virtual ssize_t send(int descriptor, std::string_view bytes) noexcept = 0;
  /// As sendmsg(2), without a signal.
  [[nodiscard]] virtual ssize_t gather(int descriptor,
                                       std::span<const iovec> pieces) noexcept = 0;
  /// As send, or later: together with what others post, before the shard sleeps. Only for
  /// streams that are registered; what does not leave then goes back to the target, from
  /// `poll` or `wait`.
  [[nodiscard]] virtual ssize_t post(int descriptor, std::string_view bytes) noexcept = 0;
  /// Of a descriptor that was added as a stream.
  virtual void close(int descriptor) noexcept = 0;

  /// Sends what was posted, and dispatches what is ready now, without blocking. Returns
  /// how many events there were.
  virtual int poll() = 0;
  /// The same, but blocks until something is ready, `limit` is over or `wake` was called
  /// since the last look. Without a limit it waits for ever. It may end sooner, as when a
  /// signal comes: who needs the time to be over looks at the clock.
  virtual void wait(std::optional<std::chrono::nanoseconds> limit) = 0;
  /// Sends what was posted, and dispatches nothing.
  virtual void flush() = 0;
  /// Before something else waits for `descriptor`: sends what was posted. False when
  /// `poll` has something to do at once.
  [[nodiscard]] virtual bool prepare_to_wait() = 0;
  /// Ends a wait, or the next one; makes `descriptor` readable. Any thread.
  virtual void wake() noexcept = 0;

protected:
  /// Of `arrived`, those that are with the kernel.
  [[nodiscard]] static std::size_t arrived_in_kernel(int descriptor) noexcept;
  [[nodiscard]] static ssize_t send_pieces(int descriptor,
                                           std::span<const iovec> pieces) noexcept;
};

/// Decides what `wanted` is on this system; io_uring is tried with one round trip. Throws
/// std::system_error when the kernel does not have what was asked for by name, and when
/// descriptors or memory run out, whatever was asked for.
[[nodiscard]] reactor_choice choose_reactor(reactor_kind wanted);

/// `automatic` is what choose_reactor says. Throws std::system_error as it does.
[[nodiscard]] std::unique_ptr<reactor> make_reactor(reactor_kind kind,
                                                    reactor_refused refused = {});

} // namespace websock::runtime
