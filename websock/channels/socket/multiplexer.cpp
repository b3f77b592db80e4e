// What happens to the channels of a client.
#include "websock/channels/socket/multiplexer.hpp"

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include <utility>

namespace websock::channels {

using state = joined_channel::state;

multiplexer::multiplexer(std::shared_ptr<const endpoint> of,
                         std::shared_ptr<const channel_socket> socket, serializer how)
    : of_(std::move(of)), socket_(std::move(socket)), how_(how) {
}

multiplexer::~multiplexer() {
  try {
    end_joins();
  } catch (...) { // the join ends by its time limit, or when it is over
    node_->log_thrown("a join whose connection is gone");
  }
}

void multiplexer::start(runtime::process& self) {
  self_ = &self;
  node_ = &self.node();
  if (const auto id = socket_->id(); !id.empty())
    runtime::pubsub::subscribe(self, id);
}

void multiplexer::handle_info(const runtime::term& info) {
  info.match([&](const join_answer& answer) { handle(answer); },
             [&](const close_notice& notice) { handle(notice); },
             [&](const runtime::down& gone) { handle(gone); },
             [&](const timed_out& late) { handle(late); },
             [&](const broadcast_message& about) { handle(about); },
             [&](const runtime::gen_call& call) { handle(call); });
}

void multiplexer::handle(const join_answer& answer) {
  auto* const found = channels_.find(answer.who);
  if (found == nullptr || found->now != state::joining)
    return; // it came too late
  self_->cancel_timer(found->pending().timer);
  send(answer.reply);
  if (const auto closes = std::exchange(found->pending().closes, std::nullopt))
    tell_end(events::close, *closes, found->topic);
  if (answer.what == join_answer::kind::refused)
    return remove(found->topic);
  out_.insert(out_.end(), answer.missed.begin(), answer.missed.end());
  found->now = state::joined;
  auto waiting = found->take_waiting();
  found->rest.reset();
  receive_all(std::move(waiting));
}

// One that is replaced is closed by the answer of its successor.
void multiplexer::handle(const close_notice& notice) {
  auto* const found = channels_.find(notice.who);
  if (found == nullptr || found->now == state::replaced)
    return;
  tell_end(events::close, found->join_ref, found->topic);
  remove(found->topic);
}

void multiplexer::handle(const runtime::down& gone) {
  auto* const found = channels_.find(gone.who);
  if (found == nullptr)
    return;
  if (found->rest)
    self_->cancel_timer(found->rest->timer);
  if (found->now == state::replaced)
    return restart(found->topic);
  if (found->now == state::joining)
    join_failed(*found);
  else
    tell_end(events::error, found->join_ref, found->topic);
  remove(found->topic);
}

void multiplexer::join_failed(joined_channel& its) {
  const auto& pending = its.pending();
  const json reason{{"reason", pending.is_late ? "join timed out" : "join crashed"}};
  send(
      encode_reply(how_, its.join_ref, pending.join_message, its.topic, "error", reason));
  if (pending.closes)
    tell_end(events::close, *pending.closes, its.topic);
}

void multiplexer::handle(const timed_out& late) {
  auto* const found = channels_.find(late.who);
  if (found == nullptr || !found->holds_back())
    return;
  found->pending().is_late = true;
  self_->exit(late.who, runtime::reason::kill);
}

void multiplexer::handle(const broadcast_message& about_socket) {
  if (about_socket.event() == events::disconnect)
    end(runtime::reason::shutdown(std::string("disconnected")), {1001});
}

void multiplexer::handle(const runtime::gen_call& call) {
  if (call.request.is<list_channels>())
    runtime::reply(call.caller, status());
}

std::vector<channel_status> multiplexer::status() const {
  using kind = channel_status::kind;
  std::vector<channel_status> all;
  channels_.for_each([&](const joined_channel& each) {
    all.push_back({each.topic, each.who,
                   each.now == state::joined    ? kind::joined
                   : each.now == state::leaving ? kind::leaving
                                                : kind::joining});
  });
  return all;
}

// `topic` may be that of the channel itself.
void multiplexer::remove(std::string_view topic) {
  self_->demonitor_flush(channels_.find(topic)->monitor);
  receive_all(channels_.remove(topic));
}

void multiplexer::reply(const message_ref& join_ref, const inbound_message& to,
                        std::string_view status, const payload& body) {
  send(encode(how_, {outbound_message::kind::reply, join_ref, to.ref, to.topic, status,
                     body, to.odd_topic}));
}

void multiplexer::refuse(const message_ref& join_ref, const inbound_message& join,
                         std::string_view reason) {
  reply(join_ref, join, "error", json{{"reason", reason}});
}

// The channel's own reference stands in both places.
void multiplexer::tell_end(std::string_view event, const message_ref& join_ref,
                           const std::string& topic) {
  const auto body =
      event == events::error ? payload{{"reason", "channel_crash"}} : payload();
  send(encode(how_,
              {outbound_message::kind::push, join_ref, join_ref, topic, event, body}));
}

void multiplexer::end(runtime::exit_reason why, close_detail how) {
  if (!end_)
    end_ = std::make_unique<handle_result::stopping>(
        handle_result::stopping{std::move(why), std::move(how)});
}

void multiplexer::end_joins() const {
  channels_.for_each([this](const joined_channel& each) {
    if (each.holds_back())
      node_->exit(each.who, runtime::reason::kill);
  });
}

void multiplexer::tell_channels(const runtime::exit_reason& why) const {
  channels_.for_each([&](const joined_channel& each) {
    runtime::detail::send_kept(each.who, socket_closing{why});
  });
}

} // namespace websock::channels
