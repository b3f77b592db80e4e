// io_uring: one multishot request receives for each stream, into buffers that the kernel
// picks; posted data is sent by the same system call that waits.
#pragma once

#include "eventfd.hpp"
#include "reactor.hpp"
#include "uring.hpp"
#include "uring_registration.hpp"

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

/// For the thread that first polls or waits, except the constructor, the destructor and
/// `wake`.
class uring_reactor final : public reactor {
public:
  /// Throws std::system_error if the kernel has no io_uring, or lacks a required feature.
  /// Calls `refused` once, from `poll` or `wait`, if the kernel stops accepting requests;
  /// the reactor then continues with poll(2).
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
  /// What a request is for. Its completion returns this along with the registration.
  enum class purpose : std::uint8_t { other, receive, poll_in, poll_out, send, wake };
  struct parcel {       // octets to send
    registration* from; // null once sent
    std::size_t at;
    std::size_t size;
    std::uint32_t position; // of the request that sends it
  };
  struct rest {         // octets of a parcel that were not sent
    registration* from; // null once back with their owner
    std::string octets;
  };

  [[nodiscard]] static std::uint64_t tag(const registration& of, purpose what) noexcept;
  [[nodiscard]] static purpose purpose_of(const completion& done) noexcept;
  [[nodiscard]] registration* owner_of(const completion& done) const noexcept;

  [[nodiscard]] registration& enter(int descriptor, reception_event how);
  void watch(registration& of, io_target& target, interest wanted);
  /// Requests whatever is wanted and not requested yet.
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
  /// Fetches and keeps data that has arrived but has not been looked at yet.
  void absorb(registration& of);

  [[nodiscard]] bool extend(registration& of, std::span<const iovec> pieces) noexcept;
  /// Takes back posted data that is neither sent nor reported: sends it if possible, and
  /// returns the rest.
  [[nodiscard]] std::string recall(registration& of) noexcept;
  [[nodiscard]] std::string send_parcel(registration& of) noexcept;
  [[nodiscard]] std::size_t send_now(const registration& of, const parcel& what) noexcept;
  [[nodiscard]] std::string rest_of(registration& of, std::size_t sent) noexcept;
  void put_parcels() noexcept;
  void parcels_left() noexcept;
  void fell_short(registration& of, std::size_t sent) noexcept;

  /// Sends the parcels and submits all other requests.
  void submit();
  void submit_rest();
  /// Takes all completions out of the ring.
  void fetch();
  /// Requests again for streams that found no buffer, as many as there are buffers.
  void feed_starved();
  /// The kernel no longer accepts requests: continues without the ring.
  void leave_ring();
  /// Reports what the ring would report of polled descriptors.
  void look(std::optional<std::chrono::nanoseconds> limit);
  void found(const registration& of, int events);
  [[nodiscard]] bool has_news() const noexcept {
    return !reports_.empty() || !rests_.empty() || handled_ < fetched_.size()
           || !starved_.empty();
  }
  int dispatch();
  void tell_rests();
  int report();
  /// False when its registration is gone.
  bool handle(const completion& done);
  void received(registration& of, const completion& done);
  void polled(registration& of, std::uint8_t bit, int result);
  void tell(registration& of, readiness what);
  void listen_for_wakes();

  reactor_refused refused_;
  uring_buffers buffers_;
  uring ring_;
  eventfd waker_{0}; // blocking: the kernel would not wait for a non-blocking one
  std::once_flag notified_is_made_;
  std::optional<eventfd> notified_;      // for whatever else waits for the ring
  std::atomic<bool> is_notified_{false}; // once something else waits
  std::uint64_t woken_ = 0;              // read from waker_ by the kernel
  uring_registrations registrations_;
  std::vector<registration*> reports_; // those that are listed
  std::vector<std::uint64_t> starved_; // tags of streams, oldest first
  std::vector<completion> fetched_;
  std::size_t handled_ = 0; // number of these already handled
  registration* arriving_ = nullptr;
  std::span<std::byte> arrived_; // in a kernel-provided buffer, while the target is told
  std::vector<parcel> parcels_;
  std::string octets_; // the data of all parcels
  std::vector<rest> rests_;
};

} // namespace websock::runtime::detail
