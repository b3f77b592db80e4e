// A connection's socket after its process has exited: sends the last bytes and gives the
// peer time to read them. Closing at once could reset the connection and lose the close
// frame.
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

/// Which end closes its side of the stream first. RFC 6455 §7.1.1: the server, so that it
/// holds the connection in TIME_WAIT; a client waits for the server.
enum class ends_first : std::uint8_t {
  us,
  us_answered, // once the peer has answered the last bytes, or has had a second to do so
  peer,
};

/// Sends the rest, ends the output, then discards input until the peer closes too or time
/// is up.
class lingering_socket final : public runtime::io_target, public runtime::timer {
public:
  /// `finished` is called once, from a later event of the shard, with this object, which
  /// it may destroy. If `watch` throws, so does the constructor, and the socket is
  /// closed.
  lingering_socket(runtime::shard& home, std::unique_ptr<transport> socket,
                   output_backlog unsent, ends_first who,
                   std::function<void(lingering_socket&)> finished);
  ~lingering_socket() override;

  /// Whether ending now would lose data.
  [[nodiscard]] bool has_unsent() const noexcept { return !unsent_.empty(); }

  std::list<lingering_socket>::iterator place; // for the owner's use

private:
  enum class stage : std::uint8_t {
    sending,   // until everything unsent has been sent
    listening, // for the peer's answer; our output stays open
    ending,    // until the peer closes too
  };

  void on_ready(runtime::readiness ready) override;
  void expire(runtime::time_point now) override;
  void all_sent();
  void failed() noexcept override;
  void end_output();
  void await(runtime::time_point until);
  void peer_ended();
  /// False when the peer accepts no more data.
  [[nodiscard]] bool write();
  [[nodiscard]] io_result discard();

  runtime::shard& shard_;
  std::unique_ptr<transport> socket_;
  output_backlog unsent_;
  const ends_first who_;
  stage stage_ = stage::sending;
  const runtime::time_point end_; // when to stop waiting
  std::function<void(lingering_socket&)> finished_;
};

} // namespace websock
