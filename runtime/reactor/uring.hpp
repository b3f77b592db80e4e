// The ring itself: submissions to the kernel, completions from it, and the buffers that
// it receives into.
#pragma once

#include <liburing.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace websock::runtime::detail {

/// A completion, copied out of the ring.
struct completion {
  std::uint64_t tag;
  int result;
  std::uint32_t flags;

  /// Whether the request stays active.
  [[nodiscard]] bool is_more() const noexcept { return (flags & IORING_CQE_F_MORE) != 0; }
};

/// Number of entries in a ring, powers of two. Neither is a limit: requests beyond the
/// first are submitted early, and the kernel keeps completions beyond the second.
struct uring_sizes {
  unsigned submissions = 1'024;
  unsigned completions = 16'384;
};

/// Belongs to the thread that first calls `submit` or `wait`.
class uring {
public:
  /// Throws std::system_error if the kernel refuses.
  explicit uring(uring_sizes sizes = {});
  ~uring() { close(); }
  uring(const uring&) = delete;
  uring& operator=(const uring&) = delete;

  [[nodiscard]] io_uring* get() noexcept { return &ring_; }
  /// Whether the kernel still accepts requests: it may start to refuse them at any time.
  /// Then all functions but `request` do nothing.
  [[nodiscard]] bool is_open() const noexcept { return is_open_; }
  /// Why the kernel no longer accepts requests, or 0. Such a ring must be closed.
  [[nodiscard]] int refusal() const noexcept { return refusal_; }
  /// Whether completions have overflowed, so that only a system call can fetch them.
  [[nodiscard]] bool has_lost() const noexcept {
    return ::io_uring_cq_has_overflow(&ring_);
  }
  /// Returns the ring to the kernel. Its requests end without completions.
  void close() noexcept;

  /// A request to fill in; it is submitted along with all others. Has no effect if the
  /// kernel refuses.
  [[nodiscard]] io_uring_sqe& request() noexcept;
  /// The same for a request that may be dropped; null where it would have no effect. Also
  /// null when a thread other than the ring's own, closing what is left after that has
  /// ended, makes too many requests.
  [[nodiscard]] io_uring_sqe* try_request() noexcept;
  /// Position of the next request, in the order in which the kernel takes them.
  [[nodiscard]] std::uint32_t position() const noexcept { return ring_.sq.sqe_tail; }
  /// Whether the kernel has taken the request at this position.
  [[nodiscard]] bool has_taken(std::uint32_t position) const noexcept {
    const auto head = __atomic_load_n(ring_.sq.khead, __ATOMIC_ACQUIRE);
    return static_cast<std::int32_t>(head - position) > 0;
  }
  /// Incremented each time requests are submitted.
  [[nodiscard]] std::uint32_t round() const noexcept { return round_; }
  /// Whether some requests have not been submitted yet.
  [[nodiscard]] bool has_requests() const noexcept {
    return is_open_ && ::io_uring_sq_ready(&ring_) != 0;
  }
  /// Submits requests and lets the kernel post completions. Returns as
  /// io_uring_submit(3).
  int submit() noexcept;
  /// The same, and waits for a completion; without a limit, forever. May return early.
  void wait(std::optional<std::chrono::nanoseconds> limit) noexcept;
  /// From now on, `eventfd` becomes readable when a `submit` would find completions.
  void notify(int eventfd) noexcept;
  /// Calls `take(completion)` for each completed request, including those that overflowed
  /// the ring.
  template <class F>
  void drain(F take) {
    take_out(take);
    while (::io_uring_cq_has_overflow(&ring_) && note(::io_uring_get_events(&ring_)) >= 0)
      take_out(take);
  }

private:
  template <class F>
  void take_out(F& take) {
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* each = nullptr;
    io_uring_for_each_cqe(&ring_, head, each) {
      ++count;
      take(completion{each->user_data, each->res, each->flags});
    }
    ::io_uring_cq_advance(&ring_, count);
  }

  void begin_round() noexcept;
  /// Records a refusal in the result of a system call; returns the result.
  int note(int result) noexcept;
  /// The kernel is busy or out of memory. Gives it time, but not forever.
  void refused_for_now(int error) noexcept;

  io_uring ring_{};
  // Takes requests that the kernel refuses. Allocated separately, since the type ends in
  // an array of unspecified size.
  const std::unique_ptr<io_uring_sqe> nowhere_ = std::make_unique<io_uring_sqe>();
  std::uint32_t round_ = 0;
  int refusal_ = 0;
  unsigned refused_for_now_ = 0; // consecutive calls
  bool is_enabled_ = false;
  bool is_open_ = true;
};

/// Memory that the kernel receives into: it takes a buffer for arriving data and gets it
/// back once that has been read. Must outlive the ring.
class uring_buffers {
public:
  static constexpr unsigned count = 256; // a power of two
  static constexpr unsigned size = 2'048;
  static constexpr std::uint16_t group = 0;

  uring_buffers();
  /// Throws std::system_error if the kernel refuses.
  void register_at(uring& ring);

  [[nodiscard]] static bool is_in(const completion& done) noexcept {
    return (done.flags & IORING_CQE_F_BUFFER) != 0;
  }
  [[nodiscard]] std::span<std::byte> of(const completion& done) noexcept;
  void give_back(const completion& done) noexcept { add(id_of(done)); }

private:
  struct release {
    void operator()(void* memory) const noexcept;
  };

  [[nodiscard]] static unsigned id_of(const completion& done) noexcept {
    return done.flags >> IORING_CQE_BUFFER_SHIFT;
  }
  void add(unsigned id) noexcept;

  std::unique_ptr<std::byte[]> octets_;
  std::unique_ptr<io_uring_buf, release> entries_;
  unsigned next_ = 0; // the next entry to write
};

/// Makes the kernel do everything a reactor requires, once, with a ring of its own.
/// Throws std::system_error with the kernel's error if it refuses.
void try_uring();

} // namespace websock::runtime::detail
