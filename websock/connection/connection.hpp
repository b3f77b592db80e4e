// The life of one WebSocket connection without its socket: bytes, messages and time go
// in; output bytes and decisions come out.
#pragma once

#include "websock/connection/output_buffer.hpp"
#include "websock/handler/handler.hpp"
#include "websock/handshake/agreement.hpp"
#include "websock/options/options.hpp"
#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/message_writer.hpp"
#include "websock/protocol/role.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/term.hpp"
#include "websock/runtime/time/clock.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace websock::runtime {
class process;
}

namespace websock {

/// The callbacks that answer with a handle_result.
enum class connection_callback : std::uint8_t {
  init,
  handle_in,
  handle_info,
  handle_control
};

/// Calls the handler and applies what it answers. Every entry point belongs to a turn of
/// `self`; after each, ask `leaving`.
class connection {
public:
  /// What the connection lives through, in this order.
  enum class phase : std::uint8_t {
    open,
    closing, // terminate has run, our close frame is out, the peer's is awaited
    closed,  // nothing more comes out
  };

  /// `contexts` and `spares` are those of the shard, and outlive the connection.
  connection(runtime::process& self, const upgrade_options& options,
             const agreement& agreed, output_buffer& output,
             protocol::deflate_pool& contexts, protocol::message_buffers& spares);

  /// Makes the handler and calls `init`.
  void start(const handler_factory& make);
  /// Where the next bytes from the peer are best read to; empty when it is all the same.
  [[nodiscard]] std::span<std::byte> room() { return assembler_.room(); }
  /// Bytes from the peer; they are unmasked in place and may be gone afterwards.
  void receive(std::span<std::byte> bytes);
  /// A message from another process.
  void receive(runtime::term&& info);
  /// The peer will send nothing more: end of stream or an error of the socket. A callback
  /// that waits does not go on.
  void peer_gone();
  /// The peer has taken nothing for too long. A callback that waits does not go on.
  void send_timed_out();
  /// The server ends: `code` is 1001, or 1012 when it restarts.
  void shut_down(std::uint16_t code);
  /// The mailbox was full and has been emptied: 1013.
  void overloaded();
  /// The process is ended from outside: a close frame at most, no callback.
  void kill(const runtime::exit_reason& why);
  /// Acts on every deadline that has passed, whether a callback waits or not: one that
  /// waits does not go on when that is the end.
  void check_deadlines();
  /// A callback that waited has gone on: applies what it answers if it is done, and
  /// handles what it has left of a read.
  void resumed();
  /// The peer has sent something that is to be read later: it is not silent.
  void restart_idle_time() noexcept;
  /// The process did not read: the time counts neither as silence of the peer nor as that
  /// of a message.
  void restart_times() noexcept;

  /// The next time at which check_deadlines has something to do.
  [[nodiscard]] runtime::time_point deadline() const noexcept;
  /// Set when the process is to exit now, and with which reason.
  [[nodiscard]] const runtime::exit_reason* leaving() const noexcept {
    return is_leaving_ ? &exit_ : nullptr;
  }
  /// All output has left, or is dropped: goes on with a callback that waits for it.
  void drained();
  /// Whether a callback waits: nothing else is handled until it is done.
  [[nodiscard]] bool is_waiting() const noexcept { return waiting_ != nullptr; }
  /// Whether it is all the same for a callback that waits that the peer has gone: nothing
  /// waits behind it that came before.
  [[nodiscard]] bool is_last_heard() const noexcept {
    return !waiting_ || waiting_->rest.empty();
  }
  /// Whether it is open, and stays so for all that callbacks have answered.
  [[nodiscard]] bool is_quiet() const noexcept {
    return phase_ == phase::open && !is_leaving_ && !waiting_;
  }
  /// Whether what it sends and receives moves its deadline only further away.
  [[nodiscard]] bool is_steady() const noexcept { return is_quiet() && !mid_message_; }
  /// Whether the peer may still read what is unsent.
  [[nodiscard]] bool is_peer_there() const noexcept { return peer_there_; }
  [[nodiscard]] phase state() const noexcept { return phase_; }
  /// Whether the peer's close frame has come: it expects nothing more.
  [[nodiscard]] bool has_peer_closed() const noexcept { return peer_closed_; }
  /// Ours.
  [[nodiscard]] protocol::role role() const noexcept { return role_; }
  /// The handler, for its type; null before `start`.
  [[nodiscard]] const handler* body() const noexcept { return handler_.get(); }

private:
  friend class handler; // its self() and subprotocol()
  friend class flushing;
  friend runtime::detail::frame_pool* frames_of(const handler& self) noexcept;

  using callback = connection_callback;
  /// A callback that waits.
  struct waiting_callback {
    callback which;
    runtime::detail::running_callback running;
    std::vector<std::byte> rest; // of the read in which it came
  };

  /// What can happen to a connection.
  enum class stimulus : std::uint8_t {
    message,
    close_frame,
    end_of_stream,
    deadline,
    shutdown,
    overload
  };
  /// Whether the present phase takes it; otherwise it is dropped.
  [[nodiscard]] bool accepts(stimulus what) const noexcept;

  enum class ending : std::uint8_t { wait_for_close_frame, at_once };

  void handle(const protocol::event& event);
  void handle_close_frame(std::span<const std::byte> payload, std::uint16_t echo);
  void handle_failure(const protocol::event& event);
  void track_message() noexcept;
  [[nodiscard]] bool is_message_due() const noexcept;
  [[nodiscard]] std::uint32_t steps_of_message() const noexcept;
  [[nodiscard]] runtime::time_point next_ping() const noexcept;
  void keep_alive();

  void work_off(std::span<std::byte> bytes);
  template <class Callback>
  void invoke(callback which, Callback call);
  void conclude(callback which, handle_result& result);
  void await(callback which, runtime::detail::running_callback running);
  void crash(callback which);
  [[nodiscard]] runtime::exit_reason caught(std::string_view where) const;
  void apply(handle_result& result);
  void send(message& out);
  [[nodiscard]] bool send_shared(const shared_message& out, protocol::compression how);
  void send_own(message& out);
  void send_large(message& out);
  void append_large(message& out);
  void stop(const handle_result::stopping& how);

  [[nodiscard]] std::optional<runtime::exit_reason> terminate(const close_reason& why);
  void close(std::uint16_t code, std::string_view body, const close_reason& why,
             runtime::exit_reason exit, ending how);
  void leave(runtime::exit_reason why);
  void log_raised(std::string_view where, const runtime::exit_reason& what) const;

  runtime::process& self_;
  const upgrade_options& options_;
  output_buffer& output_;
  const std::string_view subprotocol_; // lies in options_
  std::unique_ptr<handler> handler_;
  flushing* flushing_ = nullptr;
  std::unique_ptr<waiting_callback> waiting_; // gone before the handler
  protocol::message_assembler assembler_;
  protocol::message_writer writer_;
  runtime::time_point last_inbound_;
  runtime::time_point since_;  // of the message that has begun, or of closing
  runtime::time_point pinged_; // by ourselves, last
  runtime::exit_reason exit_;  // while closing, and when it is to leave
  phase phase_ = phase::open;
  bool is_up_ = false;      // init has returned
  std::uint32_t steps_ = 0; // of message_progress that the message has grown by
  bool mid_message_ = false;
  bool peer_there_ = true;
  bool peer_closed_ = false;
  bool is_leaving_ = false;
  const protocol::role role_;
};

} // namespace websock
