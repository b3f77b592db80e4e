// The process of one connection: its socket, its deadlines, and the turns that connect
// them to the lifecycle in connection.hpp.
#pragma once

#include "websock/connection/arrival.hpp"
#include "websock/connection/connection.hpp"
#include "websock/connection/connection_host.hpp"
#include "websock/connection/departure.hpp"
#include "websock/connection/opening.hpp"
#include "websock/connection/output_buffer.hpp"
#include "websock/options/options.hpp"
#include "websock/protocol/close_code.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/runtime/reactor/reactor.hpp"
#include "websock/runtime/table/linked_list.hpp"
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

/// What a connection is made from, once the handshake is decided.
struct connection_setup {
  connection_host* host;
  std::unique_ptr<transport> socket;
  std::shared_ptr<const upgrade_options> options;
  handler_factory make;
  std::string response; // the 101, sent together with what `init` pushes
  std::string leftover; // what the peer sent after its request
  departure leaving;    // destroyed with the process, whether begun or not
  agreement agreed = {};
  std::unique_ptr<opening> before = {}; // client only: provides socket, leftover, agreed
};

/// Reads like Erlang's {active, once}: bytes stay with the reactor until the mailbox has
/// been worked off, so frames and messages keep their order of arrival.
class connection_process final : public runtime::behaviour,
                                 private runtime::io_target,
                                 private runtime::timer,
                                 private arrival::reader {
public:
  explicit connection_process(connection_setup setup);
  ~connection_process() override;

  /// Asks it to close as in rule 14, behind what is already in the mailbox. On its shard.
  void ask_to_close(protocol::close_code code);
  [[nodiscard]] runtime::pid pid() const;

private:
  /// The state of both directions.
  enum class stage : std::uint8_t {
    opening,   // neither is active: a client is not connected yet
    open,      // both are active
    held_back, // both, but input waits until a waiting callback is done
    suspended, // output only: nothing is handled, as in a blocking send
    ended,     // output only; the peer's end of stream is reported after it
  };
  enum class occasion : std::uint8_t {
    begun,
    peer_waits,      // it has sent something while a callback waits
    callback_done,   // the one that waited
    too_much_unsent, // more than high_mark
    little_unsent,   // low_mark or less
    peer_ended,      // with a backlog that it may still read
  };
  /// The only place that decides which stage follows.
  [[nodiscard]] static stage next(stage now, occasion what) noexcept;
  [[nodiscard]] static bool is_stopped(stage now) noexcept {
    return now == stage::suspended || now == stage::ended;
  }

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

  /// The client is connected, or could not connect.
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
  /// While a callback waits: the peer has sent something or is gone.
  void peer_stirred(runtime::readiness what);
  /// At a deadline: looks for input from the peer that has not been read yet.
  void look_for_peer();

  // Output (connection_process_io.cpp).
  void flush();
  void write();
  void gather();
  void written(io_result result);
  void write_backlog();
  /// Updates the host's total of unsent bytes at the end of a turn, if it has changed.
  void count_unsent();

  // State changes and deadlines.
  void enter(occasion what);
  void watch();
  [[nodiscard]] runtime::interest wanted_readiness() const noexcept;
  [[nodiscard]] runtime::time_point next_deadline() const noexcept;
  void await_deadline();
  /// After each event: flushes if too much is unsent, exits if the connection is leaving,
  /// otherwise updates what is watched and the next deadline.
  void settle();
  /// The same after input or output, which usually changes nothing.
  void settle_traffic();
  void check_deadlines();
  [[nodiscard]] ends_first who_ends_first() const noexcept;

  // First, to use the padding behind the timer.
  runtime::interest watched_ = runtime::interest::nothing;
  stage stage_ = stage::opening;
  std::uint32_t unread_ = 0; // octets that a waiting callback held up, at the last check
  connection_host& host_;
  const departure leaving_; // destroyed after all that belongs to the host
  std::unique_ptr<transport> socket_;
  std::shared_ptr<const upgrade_options> options_;
  struct beginning;
  std::unique_ptr<beginning> beginning_; // null once begun
  output_buffer output_;
  std::optional<connection> connection_;
  arrivals arrivals_;
  runtime::time_point last_progress_; // of sending a backlog
  std::size_t counted_unsent_ = 0;    // our share of the host's total

public:
  runtime::detail::list_links<connection_process> links; // for the host
};

} // namespace websock
