// The deadlines of a WebSocket connection: idle peers, slow messages, closing.
#include "websock/connection/connection.hpp"
#include "websock/runtime/process/process.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace websock {

using protocol::close_code;

void connection::restart_idle_time() noexcept {
  last_inbound_ = self_.now();
}

void connection::restart_times() noexcept {
  restart_idle_time();
  if (detail::is_up(phase_))
    since_ = last_inbound_;
}

runtime::time_point connection::deadline() const noexcept {
  if (phase_ == phase::closing)
    return since_ + options_.close_timeout;
  const auto idle = std::min(last_inbound_ + options_.timeout, next_ping());
  return is_message_due() ? std::min(idle, since_ + options_.message_timeout) : idle;
}

// While a callback waits, the rest of a message waits in the kernel.
bool connection::is_message_due() const noexcept {
  return steps_ && !waiting_;
}

runtime::time_point connection::next_ping() const noexcept {
  const auto interval = options_.ping_interval.value_or(std::chrono::milliseconds());
  return interval.count() == 0 ? runtime::time_point::max()
                               : std::max(last_inbound_, pinged_) + interval;
}

void connection::send_control(protocol::opcode code, std::string_view payload) {
  note_sent(code, payload.size());
  writer_.append_control(output_.target(), code, payload);
}

// RFC 6455 §5.5.2: a ping may serve as a keepalive.
void connection::keep_alive() {
  pinged_ = self_.now();
  send_control(protocol::opcode::ping, {});
}

// Rules 5 and 9.
void connection::check_deadlines() {
  const auto now = self_.now();
  if (!accepts(stimulus::deadline) || now < deadline())
    return;
  if (phase_ == phase::closing)
    leave(std::move(exit_));
  else if (now >= last_inbound_ + options_.timeout)
    close(close_code::going_away, "idle timeout",
          {close_reason::kind::timeout, 0, {}, {}}, runtime::reason::shutdown("timeout"),
          ending::at_once);
  else if (!is_message_due() || now < since_ + options_.message_timeout)
    keep_alive();
  else
    close(close_code::policy_violation, "message timeout",
          close_reason::error(runtime::reason::error("message timeout")),
          runtime::reason::shutdown("protocol_error"), ending::at_once);
}

} // namespace websock
