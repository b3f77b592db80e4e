// The life of one WebSocket connection without its socket: bytes, messages and time go
// in; output bytes and decisions come out.
#pragma once

#include "websock/connection/connection_phase.hpp"
#include "websock/connection/connection_record.hpp"
#include "websock/connection/output_buffer.hpp"
#include "websock/handler/handler.hpp"
#include "websock/handshake/agreement.hpp"
#include "websock/options/options.hpp"
#include "websock/protocol/close_code.hpp"
#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/message_writer.hpp"
#include "websock/protocol/role.hpp"
#include "websock/runtime/telemetry/event_name.hpp"
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

/// The callbacks that return a handle_result.
enum class connection_callback : std::uint8_t {
  init,
  handle_in,
  handle_info,
  handle_control
};

/// "init", "handle_in", ...
[[nodiscard]] std::string_view name_of(connection_callback which) noexcept;

/// Calls the handler and applies its results. Every entry point must be called within a
/// turn of `self`; check `leaving` afterwards.
class connection {
public:
  /// `contexts` and `spares` belong to the shard and outlive the connection.
  connection(runtime::process& self, const upgrade_options& options,
             const agreement& agreed, output_buffer& output,
             protocol::deflate_pool& contexts, protocol::message_buffers& spares);

  /// Makes the handler and calls `init`.
  void start(const handler_factory& make);
  /// The best buffer for the next bytes from the peer; empty if any buffer will do.
  [[nodiscard]] std::span<std::byte> room() { return assembler_.room(); }
  /// Handles bytes from the peer. Unmasks them in place; they may be invalid afterwards.
  void receive(std::span<std::byte> bytes);
  /// Handles a message from another process.
  void receive(runtime::term&& info);
  /// The peer will send nothing more: end of stream or a socket error. A waiting callback
  /// is not resumed.
  void peer_gone();
  /// The peer has accepted no data for too long. A waiting callback is not resumed.
  void send_timed_out();
  /// The server shuts down: closes with `going_away` or `service_restart`.
  void shut_down(protocol::close_code code);
  /// The mailbox was full and has been emptied: closes with 1013.
  void overloaded();
  /// The process is being ended from outside: sends at most a close frame, and runs no
  /// callback.
  void kill(const runtime::exit_reason& why);
  /// Tells those who listen that it begins; `compress` is 1 if messages may be
  /// compressed.
  void tell_start(std::int64_t compress) const noexcept;
  /// Tells those who listen that it is over, for this reason. Last of all.
  void tell_end(const runtime::exit_reason& why) const noexcept;
  /// Acts on every deadline that has passed, even while a callback waits. If that ends
  /// the connection, the callback is not resumed.
  void check_deadlines();
  /// A waiting callback was resumed: if it is done, applies its result and handles the
  /// rest of the read that it held up.
  void resumed();
  /// The peer has sent something that will be read later, so it is not idle.
  void restart_idle_time() noexcept;
  /// The process was not reading: that time counts neither as idle time of the peer nor
  /// towards the timeout of a message.
  void restart_times() noexcept;

  /// When check_deadlines next has something to do.
  [[nodiscard]] runtime::time_point deadline() const noexcept;
  /// The reason with which the process must exit now; null if it must not.
  [[nodiscard]] const runtime::exit_reason* leaving() const noexcept {
    return phase_ == phase::leaving ? &exit_ : nullptr;
  }
  /// All output has been sent or dropped: resumes a callback that waits for this.
  void drained();
  /// Whether a callback waits; nothing else is handled until it is done.
  [[nodiscard]] bool is_waiting() const noexcept { return waiting_ != nullptr; }
  /// Whether a waiting callback may end because the peer is gone: nothing that the peer
  /// sent earlier is queued behind it.
  [[nodiscard]] bool is_last_heard() const noexcept {
    return !waiting_ || waiting_->rest.empty();
  }
  /// Whether the connection is open, and no callback waits whose result could change
  /// that.
  [[nodiscard]] bool is_quiet() const noexcept {
    return phase_ == phase::open && !waiting_;
  }
  /// Whether sending and receiving can only postpone its deadline.
  [[nodiscard]] bool is_steady() const noexcept { return is_quiet() && !steps_; }
  /// Whether the peer may still read unsent output.
  [[nodiscard]] bool is_peer_there() const noexcept { return peer_ != peer_state::gone; }
  /// Whether the peer is still there and has sent its close frame: it expects nothing
  /// more.
  [[nodiscard]] bool has_peer_closed() const noexcept {
    return peer_ == peer_state::closed;
  }
  /// Our role.
  [[nodiscard]] protocol::role role() const noexcept { return role_; }
  /// The handler, for its type; null before `start`.
  [[nodiscard]] const handler* body() const noexcept { return handler_.get(); }

private:
  friend class handler; // for self() and subprotocol()
  friend class flushing;
  friend runtime::detail::frame_pool* frames_of(const handler& self) noexcept;

  using callback = connection_callback;
  using phase = detail::connection_phase;
  using stimulus = detail::connection_stimulus;
  using step = detail::connection_step;
  using peer_state = detail::peer_state;

  void note_close(std::uint16_t code, connection_record::closer by) noexcept {
    if (record_)
      record_->note_close(code, by);
  }
  /// A waiting callback.
  struct waiting_callback {
    callback which;
    runtime::detail::running_callback running;
    std::vector<std::byte> rest; // of the read that it held up
  };

  [[nodiscard]] bool accepts(stimulus what) const noexcept {
    return detail::accepts(phase_, what);
  }
  void go(step what) noexcept { phase_ = detail::next(phase_, what); }

  enum class ending : std::uint8_t { wait_for_close_frame, at_once };

  void handle(const protocol::event& event);
  void handle_close_frame(std::span<const std::byte> payload,
                          std::optional<protocol::close_code> echo = {});
  void handle_failure(const protocol::event& event);
  void track_message() noexcept;
  [[nodiscard]] bool is_message_due() const noexcept;
  [[nodiscard]] std::uint32_t steps_of_message() const noexcept;
  [[nodiscard]] runtime::time_point next_ping() const noexcept;
  void keep_alive();

  void work_off(std::span<std::byte> bytes);
  template <class Callback>
  void invoke(callback which, Callback call);
  template <class Callback>
  void run(callback which, Callback call);
  template <class Callback>
  [[nodiscard]] handle_result told(callback which, Callback call) const;
  template <class Callback>
  [[nodiscard]] handle_result timed(Callback call);
  void conclude(callback which, handle_result& result);
  void await(callback which, runtime::detail::running_callback running);
  void crash(callback which);
  [[nodiscard]] runtime::exit_reason caught(std::string_view where) const;
  void apply(handle_result& result);
  void send(message& out);
  void send_control(protocol::opcode code, std::string_view payload);
  [[nodiscard]] bool send_shared(const shared_message& out, protocol::compression how);
  void send_own(message& out);
  void note_sent(protocol::opcode code, std::size_t octets) noexcept {
    if (record_) [[unlikely]]
      record_->note_sent(code, octets);
  }
  void send_large(message& out);
  void append_large(message& out);
  void stop(const handle_result::stopping& how);

  [[nodiscard]] std::optional<runtime::exit_reason> terminate(const close_reason& why);
  void close(protocol::close_code code, std::string_view body, const close_reason& why,
             runtime::exit_reason exit, ending how);
  void leave(runtime::exit_reason why);
  // connection_events.cpp
  [[nodiscard]] static std::unique_ptr<connection_record>
  make_record(runtime::process& self);
  void tell_callback(runtime::event_name name, callback which,
                     std::optional<runtime::time_point> since) const noexcept;
  void log_raised(std::string_view where, const runtime::exit_reason& what) const;

  runtime::process& self_;
  const upgrade_options& options_;
  output_buffer& output_;
  const char* const subprotocol_;                   // lies in options_
  const std::unique_ptr<connection_record> record_; // null when nobody listens
  std::unique_ptr<handler> handler_;
  flushing* flushing_ = nullptr;
  std::unique_ptr<waiting_callback> waiting_; // destroyed before the handler
  protocol::message_assembler assembler_;
  protocol::message_writer writer_;
  runtime::time_point last_inbound_;
  runtime::time_point since_;  // start of closing, or last progress of a message
  runtime::time_point pinged_; // when we last sent a ping
  runtime::exit_reason exit_;  // set while closing and leaving
  phase phase_ = phase::starting;
  peer_state peer_ = peer_state::talking;
  const protocol::role role_;
  const std::uint32_t subprotocol_size_; // apart from its text: a string_view takes more
  // Units of message_progress that the message has grown by; empty between messages.
  std::optional<std::uint32_t> steps_;
};

} // namespace websock
