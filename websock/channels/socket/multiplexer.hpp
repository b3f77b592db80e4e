// All channels of one client, whatever carries its messages: what it sends goes to its
// channels, and what happens to them is told to it.
#pragma once

#include "websock/channels/channel/channel_messages.hpp"
#include "websock/channels/channel/channel_socket.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/channels/socket/channel_status.hpp"
#include "websock/channels/socket/endpoint.hpp"
#include "websock/channels/socket/joined_channels.hpp"
#include "websock/handler/handle_result.hpp"
#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/address/system_message.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime {
class node;
class process;
} // namespace websock::runtime

namespace websock::channels {

class broadcast_message;

/// Part of the process that stands for a client: the handler of its connection
/// (`transport`), or the session of one that polls. The process passes on what comes for
/// it, and then takes what there is for the client and asks whether to end. Monitors each
/// channel. Starts a join and goes on: other topics do not wait for it.
class multiplexer {
public:
  multiplexer(std::shared_ptr<const endpoint> of,
              std::shared_ptr<const channel_socket> socket, serializer how);
  /// Ends the joins: of a process that is killed nothing else runs.
  ~multiplexer();
  multiplexer(const multiplexer&) = delete;
  multiplexer& operator=(const multiplexer&) = delete;

  /// Before everything else: channels belong to `self`.
  void start(runtime::process& self);
  /// A message of the client; text is UTF-8.
  void receive(message_view in);
  /// The client has sent something that is no message.
  void reject();
  /// A message to the process, other than `outgoing`. What is for others is ignored.
  void handle_info(const runtime::term& info);
  /// What the client is to get, in order.
  [[nodiscard]] std::vector<message> take_output() noexcept {
    return std::exchange(out_, {});
  }
  /// How the process is to end, after the output; null to go on.
  [[nodiscard]] const handle_result::stopping* ending() const noexcept {
    return end_.get();
  }
  /// Kills the channels whose join lasts, which see the exit of the process only when it
  /// is over.
  void end_joins() const;
  /// The channels end with `why`, and need not wait for the exit of the process.
  void tell_channels(const runtime::exit_reason& why) const;

private:
  struct timed_out {
    runtime::pid who;
  };

  // What a client sends (multiplexer_inbound.cpp).
  void receive(inbound_message in);
  void receive_unjoined(const inbound_message& in);
  void receive_joined(joined_channel& its, inbound_message in);
  void hold_back(joined_channel& its, inbound_message in);
  void join(const inbound_message& in);
  joined_channel& start(const inbound_message& in, const channel_factory& make);
  void replace(joined_channel& its, inbound_message in);
  void restart(std::string_view topic);
  void receive_all(waiting_messages waiting);

  // What happens to channels.
  void handle(const join_answer& answer);
  void handle(const close_notice& notice);
  void handle(const runtime::down& gone);
  void handle(const timed_out& late);
  void handle(const broadcast_message& about_socket);
  void handle(const runtime::gen_call& call);
  void join_failed(joined_channel& its);
  void remove(std::string_view topic);
  [[nodiscard]] std::vector<channel_status> status() const;

  // What the client gets.
  void send(message out) { out_.push_back(std::move(out)); }
  void reply(const message_ref& join_ref, const inbound_message& to,
             std::string_view status, const payload& body);
  void refuse(const message_ref& join_ref, const inbound_message& join,
              std::string_view reason);
  void tell_end(std::string_view event, const message_ref& join_ref,
                const std::string& topic);
  void end(runtime::exit_reason why, close_detail how);

  const std::shared_ptr<const endpoint> of_;
  const std::shared_ptr<const channel_socket> socket_;
  runtime::process* self_ = nullptr; // from `start` on
  runtime::node* node_ = nullptr;    // likewise, and when the process is gone
  joined_channels channels_;
  std::vector<message> out_;
  std::unique_ptr<handle_result::stopping> end_;
  const serializer how_;
};

} // namespace websock::channels
