// A level-triggered epoll set; reads and sends are separate system calls.
#pragma once

#include "eventfd.hpp"
#include "reactor.hpp"

#include <sys/epoll.h>

#include <array>
#include <string>

namespace websock::runtime::detail {

class epoll_reactor final : public reactor {
public:
  /// Throws std::system_error when out of descriptors.
  epoll_reactor();
  ~epoll_reactor() override;

  [[nodiscard]] int descriptor() override { return set_; }
  void add(int descriptor, io_target& target, interest wanted) override;
  void change(int descriptor, io_target& target, interest wanted) override;
  [[nodiscard]] std::string remove(int descriptor, io_target& target) noexcept override;
  void add_stream(int descriptor, io_target& target, interest wanted) override {
    add(descriptor, target, wanted);
  }
  [[nodiscard]] ssize_t receive(int descriptor,
                                std::span<std::byte> into) noexcept override;
  [[nodiscard]] std::size_t arrived(int descriptor) noexcept override {
    return arrived_in_kernel(descriptor);
  }
  [[nodiscard]] ssize_t send(int descriptor, std::string_view bytes) noexcept override;
  [[nodiscard]] ssize_t gather(int descriptor,
                               std::span<const iovec> pieces) noexcept override;
  [[nodiscard]] ssize_t post(int descriptor, std::string_view bytes) noexcept override {
    return send(descriptor, bytes);
  }
  void close(int descriptor) noexcept override;
  int poll() override;
  void wait(std::optional<std::chrono::nanoseconds> limit) override;
  void flush() override {} // nothing is buffered
  [[nodiscard]] bool prepare_to_wait() override { return true; }
  void wake() noexcept override;

private:
  void dispatch(int count);
  void forget(const io_target& target) noexcept;

  eventfd waker_{0}; // always readable; reported once per `wake`
  int set_;
  int fetched_ = 0;
  int dispatched_ = 0;
  std::array<epoll_event, 256> events_;
};

} // namespace websock::runtime::detail
