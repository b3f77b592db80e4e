// The end of a connection's socket after its process has gone: the last bytes leave, and
// the peer gets the time to read them. Closing at once could reset the connection and
// lose the close frame.
#pragma once

#include "websock/runtime/time/timer_queue.hpp"
#include "websock/transport/output_backlog.hpp"
#include "websock/transport/transport.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>

namespace websock::runtime {
class shard;
}

namespace websock {

/// Who ends its side of the stream first. RFC 6455 §7.1.1: the server, so that it is the
/// one that holds the connection in TIME_WAIT; a client waits for it.
enum class ends_first : std::uint8_t {
  us,
  us_answered, // when the peer has answered the last bytes, or has had a second for it
  peer,
};

/// Sends what is left, ends the output, discards the input until the peer ends too or
/// time is up.
class lingering_socket final : public runtime::io_target, public runtime::timer {
public:
  /// `finished` is called once, from a later event of the shard, with this object, which
  /// it may destroy. Throws what `watch` throws; then the socket is closed.
  lingering_socket(runtime::shard& on, std::unique_ptr<transport> socket,
                   output_backlog unsent, ends_first who,
                   std::function<void(lingering_socket&)> finished);
  ~lingering_socket() override;

  /// Whether the peer would lose something if this ended now.
  [[nodiscard]] bool has_unsent() const noexcept { return !unsent_.empty(); }

  std::list<lingering_socket>::iterator place; // the owner's

private:
  enum class stage : std::uint8_t {
    sending,   // what is unsent
    listening, // whether the peer answers; its output may still be of use to it
    ending,    // until the peer ends, too
  };

  void on_ready(runtime::readiness what) override;
  void expire(runtime::time_point now) override;
  void all_sent();
  void failed() noexcept override;
  void end_output();
  void await(runtime::time_point until);
  void peer_ended();
  /// False when the peer takes nothing any more.
  [[nodiscard]] bool write();
  [[nodiscard]] io_result discard();

  runtime::shard& shard_;
  std::unique_ptr<transport> socket_;
  output_backlog unsent_;
  const ends_first who_;
  stage stage_ = stage::sending;
  const runtime::time_point end_; // of its patience
  std::function<void(lingering_socket&)> finished_;
};

} // namespace websock
