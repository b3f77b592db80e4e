// The process of one channel: from messages to callbacks, and from what they return to
// what the client and the process of its socket get.
#pragma once

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/channels/channel/channel.hpp"
#include "websock/channels/channel/channel_factory.hpp"
#include "websock/channels/channel/channel_messages.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/runtime/process/process.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

namespace websock::channels {

/// Where a channel is, as long as it lives.
struct channel_place {
  runtime::pid transport; // the process of the socket, on the same shard
  std::shared_ptr<const channel_socket> socket;
  std::string topic;
  message_ref join_ref; // as the client gave it, until the join is over
  serializer how;
};

/// What its join needs.
struct channel_start {
  channel_factory make;
  message_ref ref; // of the join
  payload params;
  runtime::mailbox_limit mailbox;
  bool has_asked_log = false;
};

/// Runs the join first. Its client's pushes wait in the mailbox meanwhile.
class channel_process final : public runtime::behaviour {
public:
  channel_process(channel_place at, channel_start start);
  ~channel_process() override;

  // For the channel.
  [[nodiscard]] runtime::process& process() const { return self(); }
  [[nodiscard]] const std::string& topic() const noexcept { return at_.topic; }
  [[nodiscard]] const channel_socket& socket() const noexcept { return *at_.socket; }
  [[nodiscard]] const message_ref& join_ref() const noexcept;
  [[nodiscard]] const message_ref& ref() const noexcept;
  [[nodiscard]] socket_ref reference() const;
  void push(std::string_view event, const payload& body) const;
  void broadcast(std::string_view event, const payload& body) const;
  void broadcast_from(std::string_view event, const payload& body) const;

private:
  void on_start() override;
  void on_message(runtime::term message) override;
  void on_resumed() override;
  void on_exit(const runtime::exit_reason&) noexcept override { waiting_ = {}; }
  [[nodiscard]] const std::type_info& type() const noexcept override;

  void join_is_over(join_result result);
  [[nodiscard]] bool waits_for_log();
  join_result when_log_is_read(payload reply);
  void accept(const payload& reply);
  void refuse(const payload& reason);
  void accept_with_history(const payload& reply, const topic_options& options,
                           std::vector<std::string> intercepted);
  void answer(join_answer::kind what, const payload& reply,
              std::vector<shared_message> missed = {});
  void have_all_pass(const resumption& found);

  void dispatch(runtime::term message);
  void handle(const pushed& in);
  void handle(const broadcast_message& out);
  [[nodiscard]] bool passes_on(const broadcast_message& out) const;
  [[nodiscard]] const position* handled_position() const;
  /// The push that is being handled; null if it is something else.
  [[nodiscard]] const pushed* handled_push() const noexcept {
    return current_.get_if<pushed>();
  }
  void leave();
  template <class Callback>
  void invoke(Callback callback);
  void conclude(channel_result result);
  void apply(const channel_result& result);
  void reply(const channel_result::reply& answer);
  void start_limit(runtime::duration limit);
  void stop(const runtime::exit_reason& why);
  void terminate(const runtime::exit_reason& why) noexcept;
  void require_joined(std::string_view what) const;

  channel_place at_;
  std::unique_ptr<channel_start> start_; // until the join is over
  std::unique_ptr<channel> channel_;
  /// A callback that waits: the join as long as there is a start. Destroyed before the
  /// channel.
  runtime::detail::running_callback waiting_;
  runtime::term current_;        // what the callback's arguments lie in
  runtime::reference transport_; // the monitor
  runtime::reference limit_;     // the timer of a result that asked for one
  /// Null unless all that is broadcast comes here first, intercepted or not.
  std::unique_ptr<const std::vector<std::string>> intercepted_;
  bool has_joined_ = false;
};

} // namespace websock::channels
