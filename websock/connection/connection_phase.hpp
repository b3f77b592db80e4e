// What a connection lives through, and what it takes when: the whole lifecycle as two
// tables. It knows neither bytes nor callbacks.
#pragma once

#include <cassert>
#include <cstdint>

namespace websock::detail {

/// In this order; some are left out.
enum class connection_phase : std::uint8_t {
  starting, // init has not answered: an end calls no terminate
  open,
  closing, // terminate has run, our close frame is out, the peer's is awaited
  leaving, // nothing more comes out, and the process is to exit
  killed,  // nothing more comes out, and the process exits already
};

/// Whether messages are handled: nothing has ended it yet.
[[nodiscard]] constexpr bool is_up(connection_phase now) noexcept {
  return now <= connection_phase::open;
}
/// Whether nothing more comes out.
[[nodiscard]] constexpr bool is_over(connection_phase now) noexcept {
  return now >= connection_phase::leaving;
}

/// What can happen to a connection.
enum class connection_stimulus : std::uint8_t {
  message, // of the peer or of another process
  close_frame,
  violation, // of the protocol, by the peer
  end_of_stream,
  send_timeout,
  deadline,
  shutdown,
  overload,
  kill,
};

/// Whether it is acted on; otherwise it is dropped.
[[nodiscard]] constexpr bool accepts(connection_phase now,
                                     connection_stimulus what) noexcept {
  switch (what) {
  case connection_stimulus::message: // rule 4: no callback after terminate
  case connection_stimulus::shutdown:
  case connection_stimulus::overload:
  case connection_stimulus::kill: // it has sent its close frame
    return is_up(now);
  case connection_stimulus::close_frame:
  case connection_stimulus::violation:
  case connection_stimulus::end_of_stream:
  case connection_stimulus::send_timeout:
  case connection_stimulus::deadline:
    break;
  }
  return !is_over(now);
}

/// What a connection does about it.
enum class connection_step : std::uint8_t {
  come_up,      // init has answered
  fail_to_come, // ... but with something malformed, or it has thrown
  end,          // terminate is due
  interrupt,    // an exit signal has ended terminate: kill sends the close frame
  leave,
  kill,
};

/// The one place that decides which phase follows.
[[nodiscard]] constexpr connection_phase next(connection_phase now,
                                              connection_step what) noexcept {
  switch (what) {
  case connection_step::come_up:
    assert(now == connection_phase::starting);
    return connection_phase::open;
  case connection_step::fail_to_come:
    return now == connection_phase::open ? connection_phase::starting : now;
  case connection_step::end:
    assert(!is_over(now));
    return connection_phase::closing;
  case connection_step::interrupt:
    assert(now == connection_phase::closing);
    return connection_phase::open;
  case connection_step::leave:
    assert(now != connection_phase::killed);
    return connection_phase::leaving;
  case connection_step::kill:
    assert(is_up(now));
    break;
  }
  return connection_phase::killed;
}

/// What is known of the peer, in this order.
enum class peer_state : std::uint8_t {
  talking,
  closed, // its close frame has come: it expects nothing more
  gone,   // it reads nothing any more
};

} // namespace websock::detail
