// The ring itself: requests to the kernel, completions from it, and the buffers that it
// receives into.
#pragma once

#include <liburing.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace websock::runtime::detail {

/// A completion, out of the ring.
struct completion {
  std::uint64_t tag;
  int result;
  std::uint32_t flags;

  /// Whether the request goes on.
  [[nodiscard]] bool is_more() const noexcept { return (flags & IORING_CQE_F_MORE) != 0; }
};

/// How many entries a ring has, powers of two. Neither is a limit: requests beyond the
/// first are submitted early, and the kernel keeps completions beyond the second.
struct uring_sizes {
  unsigned submissions = 1'024;
  unsigned completions = 16'384;
};

/// Belongs to the thread that first calls `submit` or `wait`.
class uring {
public:
  /// Throws std::system_error where the kernel refuses.
  explicit uring(uring_sizes sizes = {});
  ~uring() { close(); }
  uring(const uring&) = delete;
  uring& operator=(const uring&) = delete;

  [[nodiscard]] io_uring* get() noexcept { return &ring_; }
  /// Whether the kernel still takes requests: it may be forbidden to, later than at the
  /// start. Then all functions but `request` do nothing.
  [[nodiscard]] bool is_open() const noexcept { return is_open_; }
  /// Why it takes none any more, or 0. Such a ring is to be closed.
  [[nodiscard]] int refusal() const noexcept { return refusal_; }
  /// Whether completions are left that cannot be had without asking the kernel.
  [[nodiscard]] bool has_lost() const noexcept {
    return ::io_uring_cq_has_overflow(&ring_);
  }
  /// Gives the kernel back what it has. Its requests end without a completion.
  void close() noexcept;

  /// To be filled in, and submitted with all others. It leads to nothing where the kernel
  /// refuses.
  [[nodiscard]] io_uring_sqe& request() noexcept;
  /// The same for a request that nobody misses; null where it would lead to nothing. That
  /// is also where another thread than its own has asked for too many, which closes what
  /// is left when its own has ended.
  [[nodiscard]] io_uring_sqe* try_request() noexcept;
  /// Of the next request, in the order in which the kernel takes them.
  [[nodiscard]] std::uint32_t position() const noexcept { return ring_.sq.sqe_tail; }
  /// Whether the kernel has taken the request at that position.
  [[nodiscard]] bool has_taken(std::uint32_t position) const noexcept {
    const auto head = __atomic_load_n(ring_.sq.khead, __ATOMIC_ACQUIRE);
    return static_cast<std::int32_t>(head - position) > 0;
  }
  /// Rises with each time that requests are submitted.
  [[nodiscard]] std::uint32_t round() const noexcept { return round_; }
  /// Whether there are any that were not submitted.
  [[nodiscard]] bool has_requests() const noexcept {
    return is_open_ && ::io_uring_sq_ready(&ring_) != 0;
  }
  /// Has the kernel begin what was requested, and tell what is completed. As
  /// io_uring_submit(3).
  int submit() noexcept;
  /// The same, and waits for a completion. Without a limit for ever. It may end early.
  void wait(std::optional<std::chrono::nanoseconds> limit) noexcept;
  /// From now on `eventfd` becomes readable when a `submit` would find something.
  void notify(int eventfd) noexcept;
  /// Calls `take(completion)` for each request that has completed, those for which the
  /// ring had no room included.
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
  /// Looks at what the kernel says of a call; returns it.
  int note(int result) noexcept;
  /// The kernel has no room or no memory. It is given time, but not for ever.
  void refused_for_now(int error) noexcept;

  io_uring ring_{};
  // For requests that the kernel refuses. Elsewhere, since it ends in an array without a
  // size.
  const std::unique_ptr<io_uring_sqe> nowhere_ = std::make_unique<io_uring_sqe>();
  std::uint32_t round_ = 0;
  int refusal_ = 0;
  unsigned refused_for_now_ = 0; // calls, one after the other
  bool is_enabled_ = false;
  bool is_open_ = true;
};

/// Memory that the kernel receives into: it takes one buffer for what has come, and has
/// it again when that was read. Outlives its ring.
class uring_buffers {
public:
  static constexpr unsigned count = 256; // a power of two
  static constexpr unsigned size = 2'048;
  static constexpr std::uint16_t group = 0;

  uring_buffers();
  /// Throws std::system_error where the kernel refuses.
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
  unsigned next_ = 0; // entry to be written
};

/// Has the kernel do all that a reactor takes, once, with a ring of its own. Throws
/// std::system_error where it refuses, with what it said.
void try_uring();

} // namespace websock::runtime::detail
