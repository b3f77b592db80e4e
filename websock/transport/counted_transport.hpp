// A socket whose octets are counted, because somebody listens to what becomes of it.
#pragma once

#include "websock/runtime/time/clock.hpp"
#include "websock/transport/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace websock::runtime {
class shard;
}

namespace websock {

/// Tells `connection.start` now, and `connection.stop` when the socket is closed. Counts
/// what the kernel takes and gives: with TLS the octets on the wire.
class counted_transport final : public transport, private runtime::io_target {
public:
  counted_transport(runtime::shard& home, std::unique_ptr<transport> below);
  ~counted_transport() override;

  [[nodiscard]] io_result read(std::span<std::byte> into) override;
  [[nodiscard]] std::size_t arrived() override { return below_->arrived(); }
  [[nodiscard]] io_result write(std::string_view bytes) override {
    return sent(below_->write(bytes));
  }
  [[nodiscard]] io_result post(std::string_view bytes) override {
    return sent(below_->post(bytes));
  }
  [[nodiscard]] io_result gather(std::span<const std::string_view> pieces) override {
    return sent(below_->gather(pieces));
  }
  void end_of_output() override { below_->end_of_output(); }
  void watch(runtime::io_target& target, runtime::interest wanted) override;
  [[nodiscard]] std::string unwatch(runtime::io_target& target) noexcept override;
  [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }

private:
  void on_ready(runtime::readiness what) override { target_->on_ready(what); }
  void on_unsent(std::string_view rest) override;
  void failed() noexcept override { target_->failed(); }
  [[nodiscard]] io_result sent(io_result result) noexcept;

  runtime::shard& home_;
  std::unique_ptr<transport> below_;
  const std::string peer_; // the socket does not know it any more when it is closed
  const runtime::time_point since_;
  runtime::io_target* target_ = nullptr;
  std::uint64_t received_octets_ = 0;
  std::uint64_t received_times_ = 0;
  std::uint64_t sent_octets_ = 0;
  std::uint64_t sent_times_ = 0;
};

/// `socket`, counted if somebody listens to the end of connections.
[[nodiscard]] std::unique_ptr<transport> counted(runtime::shard& home,
                                                 std::unique_ptr<transport> socket);

} // namespace websock
