// The life of one WebSocket connection. Rules are numbered as in docs/semantics.md.
#include "websock/connection.hpp"

#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "websock/protocol/close_payload.hpp"
#include "websock/protocol/octets.hpp"
#include "websock/protocol/utf8_validator.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace websock {

namespace {

constexpr std::uint16_t normal_code = 1000;
constexpr std::uint16_t going_away = 1001;
constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t no_status = 1005;
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t internal_error = 1011;
constexpr std::uint16_t service_restart = 1012;
constexpr std::uint16_t try_again_later = 1013;

[[nodiscard]] bool is_shutdown_with(const runtime::exit_reason& reason,
                                    std::string_view word) {
  const auto* detail = reason.detail().get_if<std::string>();
  return reason.is_shutdown() && detail != nullptr && *detail == word;
}

struct stop_meaning {
  std::uint16_t code;
  close_reason why;
};

// Rule 8: what a stop reason means for the close frame and for terminate.
[[nodiscard]] stop_meaning meaning_of(const runtime::exit_reason& reason) {
  if (reason.is_normal() || is_shutdown_with(reason, "disconnected"))
    return {normal_code, {}};
  if (is_shutdown_with(reason, "restart"))
    return {service_restart, {}};
  return {internal_error, close_reason::error(reason)};
}

/// A close frame is sent by `stop`, and a continuation by nobody.
[[nodiscard]] bool is_message(protocol::opcode code) noexcept {
  using protocol::opcode;
  return code == opcode::text || code == opcode::binary || code == opcode::ping
         || code == opcode::pong;
}

[[nodiscard]] std::uint16_t number(protocol::close_code code) noexcept {
  return static_cast<std::uint16_t>(code);
}

} // namespace

runtime::process& behaviour::self() const {
  if (connection_ == nullptr)
    throw std::logic_error(
        "self() was called before the process of this connection runs: use it "
        "from init on, not in the constructor");
  return connection_->self_;
}

std::string_view behaviour::subprotocol() const {
  if (connection_ == nullptr)
    throw std::logic_error("subprotocol() was called in the constructor: use it from "
                           "init on");
  return connection_->subprotocol_;
}

connection::connection(runtime::process& self, const upgrade_options& options,
                       const agreement& agreed, output_buffer& output,
                       protocol::deflate_pool& contexts)
    : self_(self), options_(options), output_(output), subprotocol_(agreed.subprotocol),
      assembler_(agreed.self, options.limits, make_inflater(agreed, contexts)),
      writer_(agreed.mask_keys, make_deflater(agreed, options.deflate, contexts)),
      last_inbound_(self.now()), since_(last_inbound_), pinged_(last_inbound_) {
}

bool connection::accepts(stimulus what) const noexcept {
  switch (phase_) {
  case phase::open:
    return true;
  case phase::closing: // rule 4: no further callback
    return what == stimulus::close_frame || what == stimulus::end_of_stream
           || what == stimulus::deadline;
  case phase::closed:
    break;
  }
  return false;
}

void connection::start(const behaviour_factory& make) {
  try {
    handler_ = make();
    handler_->connection_ = this;
    const auto first = handler_->init();
    is_up_ = true; // stop calls terminate
    apply(first);
  } catch (...) {
    is_up_ = false; // rule 7: what it answered counts as thrown
    crash("init");
  }
}

void connection::receive(std::span<std::byte> bytes) {
  if (bytes.empty())
    return;
  last_inbound_ = self_.now();
  while (phase_ != phase::closed) {
    const protocol::event event = assembler_.next(bytes);
    if (event.what == protocol::event::kind::need_more)
      break;
    handle(event);
  }
  track_message();
}

void connection::handle(const protocol::event& event) {
  using kind = protocol::event::kind;
  switch (event.what) {
  case kind::text:
  case kind::binary: {
    const auto code =
        event.what == kind::text ? protocol::opcode::text : protocol::opcode::binary;
    if (accepts(stimulus::message))
      invoke("handle_in", [&] { return handler_->handle_in({code, event.payload}); });
    break;
  }
  case kind::ping:
  case kind::pong: {
    const auto code =
        event.what == kind::ping ? protocol::opcode::ping : protocol::opcode::pong;
    if (!accepts(stimulus::message))
      break;
    if (code == protocol::opcode::ping) // RFC 6455 §5.5.3: a pong with the same payload
      writer_.append_control(output_.target(), protocol::opcode::pong,
                             protocol::as_chars(event.payload));
    invoke("handle_control", [&] {
      return handler_->handle_control({code, event.payload});
    });
    break;
  }
  case kind::close:
    handle_close_frame(event.payload, 0);
    break;
  case kind::failed:
    handle_failure(event);
    break;
  case kind::need_more:
    break;
  }
}

// Rule 10.
void connection::handle_close_frame(std::span<const std::byte> payload,
                                    std::uint16_t echo) {
  if (phase_ == phase::closing) {
    leave(std::move(*exit_));
    return;
  }
  const auto parsed = protocol::parse_close_payload(payload);
  const std::uint16_t code = parsed.code ? number(*parsed.code) : no_status;
  if (echo == 0)
    echo = parsed.code ? code : normal_code;
  close(echo, {}, {close_reason::kind::remote, code, std::string(parsed.body), {}},
        runtime::shutdown("remote"), ending::at_once);
}

// Rule 12.
void connection::handle_failure(const protocol::event& event) {
  if (phase_ == phase::closing)
    leave(std::move(*exit_));
  else if (!event.payload.empty()) // a close frame with a code that may not be sent
    handle_close_frame(event.payload, protocol_error);
  else
    close(number(event.why.code), {},
          close_reason::error(runtime::error(event.why.reason)),
          runtime::shutdown("protocol_error"), ending::at_once);
}

void connection::track_message() noexcept {
  if (phase_ != phase::open)
    return;
  const bool now = assembler_.is_mid_message();
  if (now && !mid_message_)
    since_ = last_inbound_;
  mid_message_ = now;
}

void connection::receive(runtime::term info) {
  if (accepts(stimulus::message))
    invoke("handle_info", [&] { return handler_->handle_info(std::move(info)); });
}

// Rule 11.
void connection::peer_gone() {
  peer_there_ = false;
  if (!accepts(stimulus::end_of_stream))
    return;
  if (phase_ == phase::closing) {
    leave(std::move(*exit_));
    return;
  }
  leave(terminate(close_reason::error(runtime::error("closed")))
            .value_or(runtime::shutdown("closed")));
}

// Rule 15.
void connection::send_timed_out() {
  peer_there_ = false;
  if (phase_ == phase::closing)
    leave(std::move(*exit_));
  else if (phase_ == phase::open)
    leave(terminate(close_reason::error(runtime::timeout))
              .value_or(runtime::shutdown("timeout")));
}

// Rule 14.
void connection::shut_down(std::uint16_t code) {
  if (accepts(stimulus::shutdown))
    close(code, {}, {close_reason::kind::shutdown, 0, {}, {}}, runtime::shutdown,
          ending::wait_for_close_frame);
}

// Rule 19.
void connection::overloaded() {
  if (accepts(stimulus::overload))
    close(try_again_later, "mailbox full",
          close_reason::error(runtime::reason(std::string("mailbox_full"))),
          runtime::shutdown("mailbox_full"), ending::wait_for_close_frame);
}

// Rule 16.
void connection::kill(const runtime::exit_reason& why) {
  if (phase_ != phase::open)
    return;
  phase_ = phase::closed;
  writer_.append_close(
      output_.target(),
      protocol::close_code(why.is_shutdown() ? going_away : internal_error));
}

void connection::restart_idle_time() noexcept {
  last_inbound_ = self_.now();
}

runtime::time_point connection::deadline() const noexcept {
  if (phase_ == phase::closing)
    return since_ + options_.close_timeout;
  const auto idle = std::min(last_inbound_ + options_.timeout, next_ping());
  return mid_message_ ? std::min(idle, since_ + options_.message_timeout) : idle;
}

runtime::time_point connection::next_ping() const noexcept {
  const auto interval = options_.ping_interval.value_or(std::chrono::milliseconds());
  return interval.count() == 0 ? runtime::time_point::max()
                               : std::max(last_inbound_, pinged_) + interval;
}

// RFC 6455 §5.5.2: a ping may serve as a keepalive.
void connection::keep_alive() {
  pinged_ = self_.now();
  writer_.append_control(output_.target(), protocol::opcode::ping, {});
}

// Rules 5 and 9.
void connection::check_deadlines() {
  const auto now = self_.now();
  if (!accepts(stimulus::deadline) || now < deadline())
    return;
  if (phase_ == phase::closing)
    leave(std::move(*exit_));
  else if (now >= last_inbound_ + options_.timeout)
    close(going_away, "idle timeout", {close_reason::kind::timeout, 0, {}, {}},
          runtime::shutdown("timeout"), ending::at_once);
  else if (!mid_message_ || now < since_ + options_.message_timeout)
    keep_alive();
  else
    close(policy_violation, "message timeout",
          close_reason::error(runtime::error("message timeout")),
          runtime::shutdown("protocol_error"), ending::at_once);
}

template <class Callback>
void connection::invoke(std::string_view name, Callback callback) {
  try {
    apply(callback());
  } catch (...) {
    crash(name);
  }
}

// Rule 13.
void connection::crash(std::string_view callback) {
  const auto reason = caught(callback);
  close(internal_error, {}, close_reason::error(reason), reason, ending::at_once);
}

// Within the handler of an exception. The one place where what a handler throws becomes
// an exit reason.
runtime::exit_reason connection::caught(std::string_view callback) const {
  runtime::exit_reason reason = runtime::error(runtime::detail::unknown_exception);
  try {
    throw;
  } catch (const runtime::signalled_exit&) {
    throw; // rule 16: ends the process, with no further callback
  } catch (const runtime::exit_request& request) {
    reason = request.reason;
  } catch (const std::exception& thrown) {
    reason = runtime::error(thrown.what());
  } catch (...) { // `reason` says so
  }
  if (reason.is_abnormal())
    log_raised(callback, reason);
  return reason;
}

void connection::log_raised(std::string_view callback,
                            const runtime::exit_reason& what) const {
  std::string line = "connection " + to_string(self_.pid()) + " (";
  if (const behaviour* handler = handler_.get())
    runtime::detail::print_type(line, typeid(*handler));
  line += ") raised in ";
  line += callback;
  self_.node().log(runtime::log_level::error, line + ": " + to_string(what));
}

// The one funnel for what callbacks answer.
void connection::apply(const handle_result& result) {
  for (const auto& out : result.messages())
    send(out);
  if (const auto* how = result.stop())
    stop(*how);
}

// Rule 7: what would be malformed on the wire is a bug of the handler.
void connection::send(const message& out) {
  const auto payload = out.payload();
  if (!is_message(out.opcode()))
    throw std::invalid_argument("push: a message is text, binary, ping or pong");
  if (out.opcode() == protocol::opcode::text && !protocol::is_valid_utf8(payload))
    throw std::invalid_argument("push: a text message must be UTF-8");
  if (protocol::is_control(out.opcode()))
    writer_.append_control(output_.target(), out.opcode(), payload);
  else
    writer_.append_message(output_.target(), out.opcode(), payload, out.compression());
}

void connection::stop(const handle_result::stopping& how) {
  auto [code, why] = meaning_of(how.reason);
  std::string_view body;
  if (how.detail) {
    code = how.detail->code;
    body = how.detail->body;
    if (code == no_status
        || !protocol::is_sendable_close(protocol::close_code(code), body))
      throw std::invalid_argument("stop: a close code must be 1000-1003, 1007-1014 or "
                                  "3000-4999, its body at most 123 "
                                  "bytes of UTF-8");
  }
  close(code, body, why, how.reason, ending::wait_for_close_frame);
}

// Once, and nothing of the handler runs after it. Returns what it threw, if it did: that
// is the exit reason then.
std::optional<runtime::exit_reason> connection::terminate(const close_reason& why) {
  const bool is_first = std::exchange(phase_, phase::closing) == phase::open;
  if (!is_first || !is_up_)
    return std::nullopt; // what never came up has nothing to end
  try {
    handler_->terminate(why);
    return std::nullopt;
  } catch (const runtime::signalled_exit&) {
    phase_ = phase::open; // for kill, which sends the close frame
    throw;
  } catch (...) {
    return caught("terminate");
  }
}

void connection::close(std::uint16_t code, std::string_view body, const close_reason& why,
                       runtime::exit_reason exit, ending how) {
  auto failed = terminate(why);
  writer_.append_close(output_.target(), protocol::close_code(code), body);
  since_ = self_.now();
  if (failed)
    leave(std::move(*failed));
  else if (how == ending::at_once)
    leave(std::move(exit));
  else
    exit_ = std::make_unique<runtime::exit_reason>(std::move(exit));
}

void connection::leave(runtime::exit_reason why) {
  phase_ = phase::closed;
  leaving_ = std::move(why);
}

} // namespace websock
