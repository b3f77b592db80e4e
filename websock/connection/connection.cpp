// The life of one WebSocket connection. Rules are numbered as in docs/semantics.md.
#include "websock/connection/connection.hpp"

#include "websock/protocol/close_payload.hpp"
#include "websock/protocol/frame_header.hpp"
#include "websock/protocol/octets.hpp"
#include "websock/protocol/utf8_validator.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/access.hpp"

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

runtime::detail::frame_pool* frames_of(const handler& self) noexcept {
  return self.connection_ != nullptr ? &self.connection_->self_.shard().frames()
                                     : nullptr;
}

runtime::process& handler::self() const {
  if (connection_ == nullptr)
    throw std::logic_error(
        "self() was called before the process of this connection runs: use it "
        "from init on, not in the constructor");
  return connection_->self_;
}

flushing handler::flushed() const {
  static_cast<void>(self());
  return flushing(*connection_);
}

std::string_view handler::subprotocol() const {
  if (connection_ == nullptr)
    throw std::logic_error("subprotocol() was called in the constructor: use it from "
                           "init on");
  return connection_->subprotocol_;
}

connection::connection(runtime::process& self, const upgrade_options& options,
                       const agreement& agreed, output_buffer& output,
                       protocol::deflate_pool& contexts,
                       protocol::message_buffers& spares)
    : self_(self), options_(options), output_(output), subprotocol_(agreed.subprotocol),
      assembler_(agreed.self, options.limits, make_inflater(agreed, contexts), &spares),
      writer_(agreed.mask_keys, make_deflater(agreed, options.deflate, contexts)),
      last_inbound_(self.now()), since_(last_inbound_), pinged_(last_inbound_),
      role_(agreed.self) {
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

void connection::start(const handler_factory& make) {
  invoke(callback::init, [&] {
    handler_ = make();
    handler_->connection_ = this;
    return handler_->init();
  });
}

void connection::receive(std::span<std::byte> bytes) {
  if (bytes.empty())
    return;
  last_inbound_ = self_.shard().now();
  work_off(bytes);
}

// What a callback that waits leaves of a read is handled when it is done, ahead of the
// mailbox (rule 2).
void connection::work_off(std::span<std::byte> bytes) {
  while (phase_ != phase::closed && !waiting_) {
    const protocol::event event = assembler_.next(bytes);
    if (event.what == protocol::event::kind::need_more)
      break;
    handle(event);
  }
  if (waiting_)
    waiting_->rest.assign(bytes.begin(), bytes.end());
  track_message();
}

void connection::handle(const protocol::event& event) {
  using kind = protocol::event::kind;
  switch (event.what) {
  case kind::text:
  case kind::binary: {
    const auto code =
        event.what == kind::text ? protocol::opcode::text : protocol::opcode::binary;
    mid_message_ = false; // what begins behind it is another one
    if (accepts(stimulus::message))
      invoke(callback::handle_in, [&] {
        message_view in(code, event.payload);
        in.is_checked_ = options_.limits.validate_utf8 == protocol::utf8_policy::validate;
        return handler_->handle_in(in);
      });
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
    invoke(callback::handle_control, [&] {
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
  peer_closed_ = true;
  if (phase_ == phase::closing) {
    leave(std::move(exit_));
    return;
  }
  const auto parsed = protocol::parse_close_payload(payload);
  const std::uint16_t code = parsed.code ? number(*parsed.code) : no_status;
  if (echo == 0)
    echo = parsed.code ? code : normal_code;
  close(echo, {}, {close_reason::kind::remote, code, std::string(parsed.body), {}},
        runtime::reason::shutdown("remote"), ending::at_once);
}

// Rule 12.
void connection::handle_failure(const protocol::event& event) {
  if (phase_ == phase::closing)
    leave(std::move(exit_));
  else if (!event.payload.empty()) // a close frame with a code that may not be sent
    handle_close_frame(event.payload, protocol_error);
  else
    close(number(event.why.code), {},
          close_reason::error(runtime::reason::error(event.why.reason)),
          runtime::reason::shutdown("protocol_error"), ending::at_once);
}

void connection::track_message() noexcept {
  if (phase_ != phase::open)
    return;
  const bool had_begun = std::exchange(mid_message_, assembler_.is_mid_message());
  if (!mid_message_)
    return;
  const auto steps = steps_of_message();
  if (std::exchange(steps_, steps) != steps || !had_begun)
    since_ = self_.now();
}

// A message may take long, but not for nothing.
std::uint32_t connection::steps_of_message() const noexcept {
  const auto progress = options_.message_progress;
  return progress == 0 ? 0 : static_cast<std::uint32_t>(assembler_.gathered() / progress);
}

void connection::receive(runtime::term&& info) {
  if (accepts(stimulus::message))
    invoke(callback::handle_info,
           [&] { return handler_->handle_info(runtime::detail::access::hand_on(info)); });
}

void connection::restart_idle_time() noexcept {
  last_inbound_ = self_.now();
}

void connection::restart_times() noexcept {
  restart_idle_time();
  if (phase_ == phase::open)
    since_ = last_inbound_;
}

runtime::time_point connection::deadline() const noexcept {
  if (phase_ == phase::closing)
    return since_ + options_.close_timeout;
  const auto idle = std::min(last_inbound_ + options_.timeout, next_ping());
  return is_message_due() ? std::min(idle, since_ + options_.message_timeout) : idle;
}

// While a callback waits, what is left of a message waits in the kernel.
bool connection::is_message_due() const noexcept {
  return mid_message_ && !waiting_;
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
    leave(std::move(exit_));
  else if (now >= last_inbound_ + options_.timeout)
    close(going_away, "idle timeout", {close_reason::kind::timeout, 0, {}, {}},
          runtime::reason::shutdown("timeout"), ending::at_once);
  else if (!is_message_due() || now < since_ + options_.message_timeout)
    keep_alive();
  else
    close(policy_violation, "message timeout",
          close_reason::error(runtime::reason::error("message timeout")),
          runtime::reason::shutdown("protocol_error"), ending::at_once);
}

template <class Callback>
void connection::invoke(callback which, Callback call) {
  try {
    handle_result result = call();
    conclude(which, result);
  } catch (...) {
    crash(which);
  }
}

void connection::conclude(callback which, handle_result& result) {
  if (auto* running = result.callback()) {
    await(which, std::move(*running));
    return;
  }
  if (which == callback::init)
    is_up_ = true; // stop calls terminate
  apply(result);
}

// A coroutine that is not done yet is kept until `resumed`. One that is done owns what
// its result may refer to, until that has been applied.
void connection::await(callback which, runtime::detail::running_callback running) {
  if (!running.is_done()) {
    waiting_ = std::make_unique<waiting_callback>(
        waiting_callback{which, std::move(running), {}});
    return;
  }
  auto result = running.take<handle_result::promise_type>();
  conclude(which, result);
}

void connection::resumed() {
  if (!waiting_ || !waiting_->running.is_done())
    return;
  const auto done = std::move(waiting_);
  if (mid_message_)
    since_ = self_.now(); // nobody has read the rest of it meanwhile
  invoke(done->which, [&] { return handle_result(std::move(done->running)); });
  work_off(done->rest);
}

void connection::drained() {
  if (flushing_ != nullptr)
    std::exchange(flushing_, nullptr)->finish();
}

// The one funnel for what callbacks answer.
void connection::apply(handle_result& result) {
  for (auto& out : result.messages())
    send(out);
  if (const auto* how = result.stop())
    stop(*how);
}

void connection::send(message& out) {
  auto* const shared = std::get_if<shared_message>(&out.payload_);
  if (shared == nullptr || !send_shared(*shared, out.compression()))
    send_own(out);
  else
    detail::put_back(std::move(shared->frame_));
}

// Not for a client, whose frames differ.
bool connection::send_shared(const shared_message& out, protocol::compression how) {
  const auto frame = writer_.frame_of(*out.frame_, how);
  if (frame)
    output_.append(*frame, out.frame_);
  return frame.has_value();
}

// Rule 7: what would be malformed on the wire is a bug of the handler.
void connection::send_own(message& out) {
  const auto payload = out.payload();
  if (!is_message(out.opcode()))
    throw std::invalid_argument("push: a message is text, binary, ping or pong");
  if (out.opcode() == protocol::opcode::text && !out.is_checked_
      && !protocol::is_valid_utf8(payload))
    throw std::invalid_argument("push: a text message must be UTF-8");
  if (protocol::is_control(out.opcode()))
    writer_.append_control(output_.target(), out.opcode(), payload);
  else if (payload.size() < output_buffer::large
           || !writer_.keeps_payload(out.compression()))
    writer_.append_message(output_.target(), out.opcode(), payload, out.compression());
  else
    send_large(out);
}

// Not copied where it can be helped: it moves to the output, from the handler that made
// it or the assembler that gathered it.
void connection::send_large(message& out) {
  const auto before = output_.target().size();
  try {
    append_large(out);
  } catch (...) { // no memory: half a frame may not stay
    output_.target().resize(before);
    throw;
  }
}

void connection::append_large(message& out) {
  const auto payload = out.payload();
  protocol::append_header(output_.target(), out.opcode(), payload.size());
  if (auto* own = std::get_if<std::string>(&out.payload_)) {
    const auto kept = std::make_shared<const std::string>(std::move(*own));
    output_.append(*kept, kept);
  } else if (const auto gathered = assembler_.take_message(payload)) {
    output_.append(payload, gathered);
  } else {
    output_.target().append(payload);
  }
}

} // namespace websock
