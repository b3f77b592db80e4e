// The life of one WebSocket connection. Rules are numbered as in docs/semantics.md.
#include "websock/connection/connection.hpp"

#include "websock/protocol/close_payload.hpp"
#include "websock/protocol/octets.hpp"
#include "websock/protocol/utf8_validator.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/access.hpp"
#include "websock/telemetry/server_events.hpp"

#include <cassert>
#include <stdexcept>
#include <utility>

namespace websock {

using protocol::close_code;

namespace {

/// Not a close frame, which only `stop` sends, nor a continuation, which is never sent.
[[nodiscard]] bool is_message(protocol::opcode code) noexcept {
  using protocol::opcode;
  return code == opcode::text || code == opcode::binary || code == opcode::ping
         || code == opcode::pong;
}

[[nodiscard]] std::uint16_t number(close_code code) noexcept {
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
  return {connection_->subprotocol_, connection_->subprotocol_size_};
}

connection::connection(runtime::process& self, const upgrade_options& options,
                       const agreement& agreed, output_buffer& output,
                       protocol::deflate_pool& contexts,
                       protocol::message_buffers& spares)
    : self_(self), options_(options), output_(output),
      subprotocol_(agreed.subprotocol.data()), record_(make_record(self)),
      assembler_(agreed.self, options.limits, make_inflater(agreed, contexts), &spares),
      writer_(agreed.mask_keys, make_deflater(agreed, options.deflate, contexts)),
      last_inbound_(self.now()), since_(last_inbound_), pinged_(last_inbound_),
      role_(agreed.self),
      subprotocol_size_(static_cast<std::uint32_t>(agreed.subprotocol.size())) {
}

void connection::start(const handler_factory& make) {
  assert(!handler_ && "a connection starts once");
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

// While a callback waits, the rest of the read is kept. It is handled when the callback
// is done, ahead of the mailbox (rule 2).
void connection::work_off(std::span<std::byte> bytes) {
  while (!detail::is_over(phase_) && !waiting_) {
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
  const auto note = [&](protocol::opcode code) {
    if (record_) [[unlikely]]
      record_->note_received(code, event.payload.size());
  };
  switch (event.what) {
  case kind::text:
  case kind::binary: {
    const auto code =
        event.what == kind::text ? protocol::opcode::text : protocol::opcode::binary;
    note(code);
    steps_.reset(); // what follows is another message
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
    note(code);
    if (!accepts(stimulus::message))
      break;
    if (code == protocol::opcode::ping) // RFC 6455 §5.5.3: a pong with the same payload
      send_control(protocol::opcode::pong, protocol::as_chars(event.payload));
    invoke(callback::handle_control, [&] {
      return handler_->handle_control({code, event.payload});
    });
    break;
  }
  case kind::close:
    handle_close_frame(event.payload);
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
                                    std::optional<protocol::close_code> echo) {
  assert(peer_ != peer_state::gone && accepts(stimulus::close_frame));
  peer_ = peer_state::closed;
  if (phase_ == phase::closing) {
    leave(std::move(exit_));
    return;
  }
  const auto parsed = protocol::parse_close_payload(payload);
  if (record_)
    record_->note_received(protocol::opcode::close, parsed.body.size());
  const auto code = parsed.code.value_or(close_code::no_status);
  close(echo.value_or(parsed.code.value_or(close_code::normal)), {},
        {close_reason::kind::remote, number(code), std::string(parsed.body), {}},
        runtime::reason::shutdown("remote"), ending::at_once);
}

// Rule 12.
void connection::handle_failure(const protocol::event& event) {
  assert(accepts(stimulus::violation));
  if (phase_ == phase::closing)
    leave(std::move(exit_));
  else if (!event.payload.empty()) // a close frame with a code that must not be sent
    handle_close_frame(event.payload, close_code::protocol_error);
  else
    close(event.why.code, {},
          close_reason::error(runtime::reason::error(event.why.reason)),
          runtime::reason::shutdown("protocol_error"), ending::at_once);
}

void connection::track_message() noexcept {
  if (!detail::is_up(phase_))
    return;
  if (!assembler_.is_mid_message()) {
    steps_.reset();
    return;
  }
  const auto steps = steps_of_message();
  if (std::exchange(steps_, steps) != steps)
    since_ = self_.now();
}

// A message may be slow, but must make progress.
std::uint32_t connection::steps_of_message() const noexcept {
  const auto progress = options_.message_progress;
  return progress == 0 ? 0 : static_cast<std::uint32_t>(assembler_.gathered() / progress);
}

void connection::receive(runtime::term&& info) {
  if (accepts(stimulus::message))
    invoke(callback::handle_info,
           [&] { return handler_->handle_info(runtime::detail::access::hand_on(info)); });
}

template <class Callback>
void connection::invoke(callback which, Callback call) {
  const auto& table = self_.node().events();
  if (table.is_heard(events::callback)) [[unlikely]]
    run(which, [&] { return told(which, call); });
  else if (record_ && record_->begins_timed()) [[unlikely]]
    run(which, [&] { return timed(call); });
  else
    run(which, call);
}

// Until it returns or first waits; one that throws is not counted.
template <class Callback>
handle_result connection::timed(Callback call) {
  const auto since = self_.shard().read_clock();
  handle_result result = call();
  record_->note_callback(self_.shard().read_clock() - since);
  return result;
}

// With events around it. What a callback does after it has waited belongs to neither.
template <class Callback>
handle_result connection::told(callback which, Callback call) const {
  const auto since = self_.shard().read_clock();
  tell_callback(events::callback_start, which, {});
  try {
    handle_result result = call();
    tell_callback(events::callback_stop, which, since);
    return result;
  } catch (...) {
    tell_callback(events::callback_exception, which, since);
    throw;
  }
}

template <class Callback>
void connection::run(callback which, Callback call) {
  assert(runtime::detail::block_of(self_).is_running() && "callbacks run in turns");
  assert(!waiting_ && "nothing is handled before the callback that waits");
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
    go(step::come_up); // stop calls terminate
  apply(result);
}

// Keeps an unfinished coroutine until `resumed`. A finished one owns what its result may
// refer to, so it is kept until the result has been applied.
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
  if (steps_)
    since_ = self_.now(); // the rest was not read in the meantime
  run(done->which, [&] { return handle_result(std::move(done->running)); });
  work_off(done->rest);
}

void connection::drained() {
  assert(flushing_ == nullptr || waiting_); // it belongs to the waiting callback
  if (flushing_ != nullptr)
    std::exchange(flushing_, nullptr)->finish();
}

// The single path for the results of callbacks.
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

// Not possible for a client, whose frames differ.
bool connection::send_shared(const shared_message& out, protocol::compression how) {
  const auto frame = writer_.frame_of(*out.frame_, how);
  if (!frame)
    return false;
  note_sent(out.opcode(), out.payload().size());
  output_.append(*frame, out.frame_);
  return true;
}

// Rule 7: output that would be malformed on the wire is a bug in the handler.
void connection::send_own(message& out) {
  const auto payload = out.payload();
  if (!is_message(out.opcode()))
    throw std::invalid_argument("push: a message is text, binary, ping or pong");
  if (out.opcode() == protocol::opcode::text && !out.is_checked_
      && !protocol::is_valid_utf8(payload))
    throw std::invalid_argument("push: a text message must be UTF-8");
  note_sent(out.opcode(), payload.size());
  if (protocol::is_control(out.opcode()))
    writer_.append_control(output_.target(), out.opcode(), payload);
  else if (payload.size() < output_buffer::large
           || !writer_.keeps_payload(out.compression()))
    writer_.append_message(output_.target(), out.opcode(), payload, out.compression());
  else
    send_large(out);
}

} // namespace websock
