// The process of one connection: its socket, its deadlines, and the turn that joins them
// to the lifecycle in connection.hpp.
#pragma once

#include "websock/connection/arrival.hpp"
#include "websock/connection/connection.hpp"
#include "websock/connection/connection_host.hpp"
#include "websock/connection/departure.hpp"
#include "websock/connection/opening.hpp"
#include "websock/connection/output_buffer.hpp"
#include "websock/options/options.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/runtime/reactor/reactor.hpp"
#include "websock/runtime/time/timer_queue.hpp"
#include "websock/transport/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace websock {

/// What a connection is made of, once the handshake is decided.
struct connection_setup {
  connection_host* host;
  std::unique_ptr<transport> socket;
  std::shared_ptr<const upgrade_options> options;
  handler_factory make;
  std::string response; // the 101, sent together with what `init` pushes
  std::string leftover; // what the peer sent behind its request
  departure leaving;    // when the process has gone, whether it has begun or not
  agreement agreed = {};
  std::unique_ptr<opening> before = {}; // a client's: brings socket, leftover, agreed
};

/// Reading, as Erlang's {active, once}: bytes stay where the reactor has them until the
/// mailbox has been worked off, so frames and messages keep their order of arrival.
class connection_process final : public runtime::behaviour,
                                 private runtime::io_target,
                                 private runtime::timer,
                                 private arrival::reader {
public:
  explicit connection_process(connection_setup setup);
  ~connection_process() override;

  /// Rule 14, behind what is in the mailbox already. On its shard.
  void ask_to_close(std::uint16_t code);
  [[nodiscard]] runtime::pid pid() const;

private:
  /// What the two directions do.
  enum class stage : std::uint8_t {
    opening,   // nothing: a client's way to its peer is not there yet
    open,      // both go on
    held_back, // both, but what the peer sends waits for a callback that waits
    suspended, // output goes on, and the process takes nothing, as in a blocking send
    ended,     // output goes on; then it is told that the peer has ended its side
  };
  enum class occasion : std::uint8_t {
    begun,
    peer_waits,      // it has sent something while a callback waits
    callback_done,   // the one that waited
    too_much_unsent, // more than high_mark
    little_unsent,   // low_mark or less
    peer_ended,      // and there is a backlog that it may still read
  };
  /// The one place that decides what follows.
  [[nodiscard]] static stage next(stage now, occasion what) noexcept;
  [[nodiscard]] static bool is_stopped(stage now) noexcept {
    return now == stage::suspended || now == stage::ended;
  }

  friend class connection_host; // its list
  class close_order;

  void on_start() override;
  void on_message(runtime::term message) override;
  void on_overload() override;
  void on_resumed() override;
  void on_end_of_turn() override;
  void on_exit(const runtime::exit_reason& why) noexcept override;
  [[nodiscard]] const std::type_info& type() const noexcept override;

  void on_ready(runtime::readiness what) override;
  void on_unsent(std::string_view rest) override { output_.put_back(rest); }
  void expire(runtime::time_point now) override;
  void failed() noexcept override;
  void say_goodbye(const runtime::exit_reason& why);

  /// The way to the peer is there, or there is none.
  void opened(opening::result outcome);
  void begin();
  [[nodiscard]] bool has_begun() const noexcept { return beginning_ == nullptr; }

  // Input (connection_process_io.cpp).
  [[nodiscard]] std::span<std::byte> room();
  void read();
  void take(io_result result, std::span<std::byte> buffer);
  void put_off(io_result result, std::span<const std::byte> buffer);
  void end_of_stream();
  void take_place();
  void queue(arrival& place, const arrival* before);
  void arrived_at(arrival& place) override;
  void read_placed(arrival& place);
  /// While a callback waits: the peer has sent something, or has gone.
  void peer_stirred(runtime::readiness what);
  /// At a deadline: whether the peer has sent anything that was not read yet.
  void look_for_peer();

  // Output (connection_process_io.cpp).
  void flush();
  void write();
  void gather();
  void written(io_result result);
  void write_backlog();
  /// Keeps the host's figure right: at the end of a turn, when it lags behind.
  void count_unsent();

  // What comes next.
  void enter(occasion what);
  void watch();
  [[nodiscard]] runtime::interest wanted_readiness() const noexcept;
  [[nodiscard]] runtime::time_point next_deadline() const noexcept;
  void await_deadline();
  /// After each event: sends what is too much, leaves if that is the decision, otherwise
  /// sees to what is watched and to the next deadline.
  void settle();
  /// The same after input or output, which changes nothing as a rule.
  void settle_traffic();
  void check_deadlines();
  [[nodiscard]] ends_first who_ends_first() const noexcept;

  // These first: there is room behind the timer.
  runtime::interest watched_ = runtime::interest::nothing;
  stage stage_ = stage::opening;
  std::uint32_t unread_ = 0; // of what came while a callback waits, at the last look
  connection_host& host_;
  const departure leaving_; // after all that belongs to the host
  std::unique_ptr<transport> socket_;
  std::shared_ptr<const upgrade_options> options_;
  struct beginning;
  std::unique_ptr<beginning> beginning_; // only until it has begun
  output_buffer output_;
  std::optional<connection> connection_;
  connection_process* newer_ = nullptr; // in the host's list
  connection_process* older_ = nullptr;
  arrivals arrivals_;
  runtime::time_point last_progress_; // of a backlog
  std::size_t counted_unsent_ = 0;    // of a backlog, in the host's figure
};

} // namespace websock
