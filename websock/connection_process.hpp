// The process of one connection: its socket, its deadlines, and the turn that joins them
// to the lifecycle in connection.hpp.
#pragma once

#include "runtime/behaviour.hpp"
#include "runtime/pid.hpp"
#include "runtime/reactor.hpp"
#include "runtime/signal.hpp"
#include "runtime/timer_queue.hpp"
#include "websock/connection.hpp"
#include "websock/connection_host.hpp"
#include "websock/departure.hpp"
#include "websock/opening.hpp"
#include "websock/options.hpp"
#include "websock/output_buffer.hpp"
#include "websock/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock {

/// What a connection is made of, once the handshake is decided.
struct connection_setup {
  connection_host* host;
  std::unique_ptr<transport> socket;
  std::shared_ptr<const upgrade_options> options;
  behaviour_factory make;
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
                                 private runtime::timer {
public:
  explicit connection_process(connection_setup setup);
  ~connection_process() override;

  /// Rule 14, behind what is in the mailbox already. On its shard.
  void ask_to_close(std::uint16_t code);
  [[nodiscard]] runtime::pid pid() const;

private:
  /// The place of a readable socket in the mailbox.
  class readable_mark final : public runtime::detail::signal {
  public:
    explicit readable_mark(connection_process& owner) noexcept
        : signal(runtime::detail::signal_kind::event), owner_(owner) {}
    void handle(runtime::process& target) override;
    void dispose() noexcept override { is_queued = is_overdue = false; }
    bool is_queued = false;
    bool is_overdue = false; // a deadline has passed: to be checked there

  private:
    connection_process& owner_;
  };

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
  void read();
  void end_of_stream();
  void flush();
  void write();
  void gather();
  void written(io_result result);
  void write_backlog();
  void suspend();
  /// Keeps the host's figures right: at the end of a turn, when it lags behind.
  void count_unsent();
  void watch();
  [[nodiscard]] runtime::interest wanted_readiness() const noexcept;
  /// After each event: leaves if that is the decision, otherwise sees to the next
  /// deadline.
  void settle();
  /// The same after input or output, which changes nothing as a rule.
  void settle_traffic();
  [[nodiscard]] runtime::time_point next_deadline() const noexcept;
  void check_deadlines();

  // These first: there is room behind the timer.
  runtime::interest watched_ = runtime::interest::nothing;
  bool is_suspended_ = false;
  bool is_counted_suspended_ = false; // in the host's figure
  bool is_ended_ = false; // the peer's side; not heard of while there is a backlog
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
  readable_mark readable_{*this};
  runtime::time_point last_progress_; // of a backlog
  std::size_t counted_unsent_ = 0;    // of a backlog, in the host's figure
};

} // namespace websock
