// A transport in memory: the connection reads what a test client writes, and vice versa.
#pragma once

#include "websock/transport/transport.hpp"

#include <cstddef>
#include <limits>
#include <memory>
#include <string>

namespace websock::runtime {
class shard;
}

namespace websock::testing {

/// The two directions between a test and a connection. Readiness is reported on `on`, as
/// the reactor would: from separate events, and repeatedly while it lasts.
struct memory_pipe : std::enable_shared_from_this<memory_pipe> {
  explicit memory_pipe(runtime::shard& of) noexcept : on(of) {}

  void notify();

  runtime::shard& on;
  std::string peer = "memory"; // its name
  std::string to_server;
  std::string to_client;
  std::size_t window =
      std::numeric_limits<std::size_t>::max(); // what the client still accepts
  bool client_ended = false;
  bool client_reset = false; // and writes fail
  bool server_ended = false; // end_of_output
  bool server_closed = false;
  runtime::io_target* target = nullptr;
  runtime::interest wanted = runtime::interest::nothing;
  bool is_notified = false;
};

class memory_transport final : public transport {
public:
  explicit memory_transport(std::shared_ptr<memory_pipe> pipe) noexcept
      : pipe_(std::move(pipe)) {}
  ~memory_transport() override;

  [[nodiscard]] io_result read(std::span<std::byte> into) override;
  [[nodiscard]] std::size_t arrived() override { return pipe_->to_server.size(); }
  [[nodiscard]] io_result write(std::string_view bytes) override;
  void end_of_output() override;
  void watch(runtime::io_target& target, runtime::interest wanted) override;
  [[nodiscard]] std::string unwatch(runtime::io_target& target) noexcept override;
  [[nodiscard]] std::string peer_name() const override { return pipe_->peer; }

private:
  std::shared_ptr<memory_pipe> pipe_;
};

} // namespace websock::testing
