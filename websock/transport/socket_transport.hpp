// A connected, non-blocking stream socket as a transport.
#pragma once

#include "websock/transport/transport.hpp"

namespace websock {

class socket_transport final : public transport {
public:
  /// Takes over the descriptor; `sockets` is the reactor of the shard that will use it.
  socket_transport(int descriptor, runtime::reactor& sockets) noexcept
      : descriptor_(descriptor), sockets_(sockets) {}
  ~socket_transport() override;

  [[nodiscard]] io_result read(std::span<std::byte> into) override;
  [[nodiscard]] std::size_t arrived() override { return sockets_.arrived(descriptor_); }
  [[nodiscard]] io_result write(std::string_view bytes) override;
  [[nodiscard]] io_result post(std::string_view bytes) override;
  [[nodiscard]] io_result gather(std::span<const std::string_view> pieces) override;
  void end_of_output() override;
  void watch(runtime::io_target& target, runtime::interest wanted) override;
  [[nodiscard]] std::string unwatch(runtime::io_target& target) noexcept override;
  [[nodiscard]] std::string peer_name() const override;

private:
  const int descriptor_;
  bool is_added_ = false; // whether it was ever added to the reactor
  bool is_watched_ = false;
  runtime::reactor& sockets_;
};

} // namespace websock
