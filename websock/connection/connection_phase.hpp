// The phases of a connection and what it accepts in each: the whole lifecycle as two
// tables, independent of bytes and callbacks.
#pragma once

#include <cassert>
#include <cstdint>

namespace websock::detail {

/// In this order; some may be skipped.
enum class connection_phase : std::uint8_t {
  starting, // init has not returned: ending now skips terminate
  open,
  closing, // terminate has run, our close frame is out, the peer's is due
  leaving, // no more output; the process must exit
  killed,  // no more output; the process is already exiting
};

/// Whether messages are handled: nothing has ended the connection yet.
[[nodiscard]] constexpr bool is_up(connection_phase now) noexcept {
  return now <= connection_phase::open;
}
/// Whether there is no more output.
[[nodiscard]] constexpr bool is_over(connection_phase now) noexcept {
  return now >= connection_phase::leaving;
}

/// What can happen to a connection.
enum class connection_stimulus : std::uint8_t {
  message, // from the peer or another process
  close_frame,
  violation, // of the protocol, by the peer
  end_of_stream,
  send_timeout,
  deadline,
  shutdown,
  overload,
  kill,
};

/// Whether the connection acts on `what`; otherwise it is dropped.
[[nodiscard]] constexpr bool accepts(connection_phase now,
                                     connection_stimulus what) noexcept {
  switch (what) {
  case connection_stimulus::message: // rule 4: no callback after terminate
  case connection_stimulus::shutdown:
  case connection_stimulus::overload:
  case connection_stimulus::kill: // otherwise the close frame is already sent
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

/// How a connection responds.
enum class connection_step : std::uint8_t {
  come_up,      // init has returned
  fail_to_come, // init has thrown or returned something malformed
  end,          // terminate is due
  interrupt,    // an exit signal has ended terminate; kill sends the close frame
  leave,
  kill,
};

/// The only place that decides which phase follows.
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

/// What is known about the peer, in this order.
enum class peer_state : std::uint8_t {
  talking,
  closed, // its close frame has arrived: it expects nothing more
  gone,   // it no longer reads
};

} // namespace websock::detail
