// The end of a connection's socket after its process has gone: the last bytes leave, and
// the peer gets the time to read them. Closing at once could reset the connection and
// lose the close frame.
#pragma once

#include "runtime/timer_queue.hpp"
#include "websock/transport.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace runtime {
class shard;
}

namespace websock {

/// Who ends its side of the stream first. RFC 6455 §7.1.1: the server, so that it is the
/// one that holds the connection in TIME_WAIT; a client waits for it.
enum class ends_first : std::uint8_t { us, peer };

/// Sends what is left, ends the output, discards the input until the peer ends too or
/// time is up.
class lingering_socket final : public runtime::io_target, public runtime::timer {
public:
  /// `finished` is called once, from a later event of the shard, with this object, which
  /// it may destroy. Throws what `watch` throws; then the socket is closed.
  lingering_socket(runtime::shard& on, std::unique_ptr<transport> socket,
                   std::string unsent, ends_first who,
                   std::function<void(lingering_socket&)> finished);
  ~lingering_socket() override;

  std::list<lingering_socket>::iterator place; // the owner's

private:
  void on_ready(runtime::readiness what) override;
  void expire(runtime::time_point now) override;
  void failed() noexcept override;
  void peer_ended();
  void end_output();
  /// False when the peer takes nothing any more.
  [[nodiscard]] bool write();
  /// False when the peer sends nothing any more.
  [[nodiscard]] bool discard();

  runtime::shard& shard_;
  std::unique_ptr<transport> socket_;
  std::string unsent_;
  const ends_first who_;
  std::function<void(lingering_socket&)> finished_;
};

} // namespace websock
