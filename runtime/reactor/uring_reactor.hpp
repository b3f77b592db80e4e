// io_uring: each stream is received from by one request that goes on (multishot), into
// buffers that the kernel picks; what is posted leaves in one call, which also waits.
#pragma once

#include "websock/runtime/reactor/eventfd.hpp"
#include "websock/runtime/reactor/reactor.hpp"
#include "websock/runtime/reactor/uring.hpp"
#include "websock/runtime/reactor/uring_registration.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime::detail {

/// For the thread that first polls or waits, but for the constructor, the destructor and
/// `wake`.
class uring_reactor final : public reactor {
public:
  /// Throws std::system_error where the kernel has no io_uring, or not enough of it.
  /// `refused` hears once, from `poll` or `wait`, if the kernel takes no requests any
  /// more; the reactor goes on by poll(2).
  explicit uring_reactor(reactor_refused refused = {}, uring_sizes sizes = {});

  [[nodiscard]] int descriptor() override;
  void add(int descriptor, io_target& target, interest wanted) override;
  void change(int descriptor, io_target& target, interest wanted) override;
  [[nodiscard]] std::string remove(int descriptor, io_target& target) noexcept override;
  void add_stream(int descriptor, io_target& target, interest wanted) override;
  [[nodiscard]] ssize_t receive(int descriptor,
                                std::span<std::byte> into) noexcept override;
  [[nodiscard]] std::size_t arrived(int descriptor) noexcept override;
  [[nodiscard]] ssize_t send(int descriptor, std::string_view bytes) noexcept override;
  [[nodiscard]] ssize_t gather(int descriptor,
                               std::span<const iovec> pieces) noexcept override;
  [[nodiscard]] ssize_t post(int descriptor, std::string_view bytes) noexcept override;
  void close(int descriptor) noexcept override;
  int poll() override;
  void wait(std::optional<std::chrono::nanoseconds> limit) override;
  void flush() override { submit(); }
  [[nodiscard]] bool prepare_to_wait() override;
  void wake() noexcept override;

private:
  using registration = uring_registration;
  // Bits of registration::polled.
  static constexpr std::uint8_t in_bit = 1;
  static constexpr std::uint8_t out_bit = 2;
  /// What a request is for. Its completion brings that back with the registration.
  enum class purpose : std::uint8_t { other, receive, poll_in, poll_out, send, wake };
  struct parcel {       // octets that are to leave
    registration* from; // nullptr: they have left already
    std::size_t at;
    std::size_t size;
    std::uint32_t position; // of the request that sends them
  };
  struct rest {         // octets of a parcel that did not leave
    registration* from; // nullptr: they are with their owner
    std::string octets;
  };

  [[nodiscard]] static std::uint64_t tag(const registration& of, purpose what) noexcept;
  [[nodiscard]] static purpose purpose_of(const completion& done) noexcept;
  [[nodiscard]] registration* owner_of(const completion& done) const noexcept;

  [[nodiscard]] registration& enter(int descriptor, reception_event how);
  void watch(registration& of, io_target& target, interest wanted);
  /// Asks the kernel for what is wanted and has not been asked for.
  void arm(registration& of);
  void arm_poll(registration& of, std::uint8_t bit);
  void cancel(const registration& of, purpose what);
  void list(registration& of) noexcept;
  void retire(registration& of) noexcept;
  void lose(const completion& done) noexcept;

  [[nodiscard]] bool has_octets(const registration& of) const noexcept;
  [[nodiscard]] bool is_readable(const registration& of) const noexcept;
  [[nodiscard]] bool is_polled_for_reading(const registration& of) const noexcept;
  [[nodiscard]] ssize_t take(registration& of, std::span<std::byte> into) noexcept;
  void keep(registration& of, const completion& done);
  static void keep(registration& of, std::span<const std::byte> octets) noexcept;
  static void break_off(registration& of) noexcept;
  void note_end(registration& of, const completion& done) noexcept;
  void starve(registration& of) noexcept;
  void stop_receiving(registration& of);
  void go_bulk(registration& of);
  [[nodiscard]] ssize_t receive_bulk(registration& of,
                                     std::span<std::byte> into) noexcept;
  /// What has come without having been looked at.
  void absorb(registration& of);

  [[nodiscard]] bool extend(registration& of, std::span<const iovec> pieces) noexcept;
  /// What is neither sent nor told of: sends it if it can. Returns what is left.
  [[nodiscard]] std::string recall(registration& of) noexcept;
  [[nodiscard]] std::string send_parcel(registration& of) noexcept;
  [[nodiscard]] std::size_t send_now(const registration& of, const parcel& what) noexcept;
  [[nodiscard]] std::string rest_of(registration& of, std::size_t sent) noexcept;
  void put_parcels() noexcept;
  void parcels_left() noexcept;
  void fell_short(registration& of, std::size_t sent) noexcept;

  /// Sends the parcels, and asks the kernel for all else.
  void submit();
  void submit_rest();
  /// Takes all completions out of the ring.
  void fetch();
  /// Asks anew for streams that found no buffer, as many as there are buffers.
  void feed_starved();
  /// The kernel takes no requests any more: goes on without.
  void leave_ring();
  /// What the ring would tell of what it polls for.
  void look(std::optional<std::chrono::nanoseconds> limit);
  void found(const registration& of, int events);
  [[nodiscard]] bool has_news() const noexcept {
    return !reports_.empty() || !rests_.empty() || handled_ < fetched_.size()
           || !starved_.empty();
  }
  int dispatch();
  void tell_rests();
  int report();
  /// False when it was of nobody who is there.
  bool handle(const completion& done);
  void received(registration& of, const completion& done);
  void polled(registration& of, std::uint8_t bit, int result);
  void tell(registration& of, readiness what);
  void listen_for_wakes();

  reactor_refused refused_;
  uring_buffers buffers_;
  uring ring_;
  eventfd waker_{0}; // the kernel would not wait for one that is non-blocking
  std::once_flag notified_is_made_;
  std::optional<eventfd> notified_;      // where something else waits
  std::atomic<bool> is_notified_{false}; // once something else waits
  std::uint64_t woken_ = 0;              // what the kernel read from it
  uring_registrations registrations_;
  std::vector<registration*> reports_; // the listed ones
  std::vector<std::uint64_t> starved_; // tags of streams, oldest first
  std::vector<completion> fetched_;
  std::size_t handled_ = 0; // of them
  registration* arriving_ = nullptr;
  std::span<std::byte> arrived_; // in a buffer of the kernel's, while it is told of
  std::vector<parcel> parcels_;
  std::string octets_; // of the parcels
  std::vector<rest> rests_;
};

} // namespace websock::runtime::detail
