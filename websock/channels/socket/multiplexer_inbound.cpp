// What a client sends to its topics, and its joins.
#include "websock/channels/channel/channel_process.hpp"
#include "websock/channels/socket/multiplexer.hpp"
#include "websock/runtime/process/process.hpp"

#include <utility>

namespace websock::channels {

using state = joined_channel::state;

namespace {

constexpr std::string_view protocol_topic = "phoenix";

[[nodiscard]] bool is_container(std::string_view json) noexcept {
  return json.starts_with('{') || json.starts_with('[');
}

} // namespace

void multiplexer::receive(message_view in) {
  auto message = decode(how_, in);
  const bool is_malformed =
      !message || (message->event == events::join && is_container(message->odd_topic));
  if (is_malformed)
    reject();
  else
    receive(*std::move(message));
}

void multiplexer::reject() {
  end(runtime::reason::error("malformed message"), {1011});
}

void multiplexer::receive(inbound_message in) {
  if (in.topic == protocol_topic && in.event == events::heartbeat)
    return reply({}, in, "ok", {});
  auto* const its = in.odd_topic.empty() ? channels_.find(in.topic) : nullptr;
  if (its == nullptr)
    receive_unjoined(in);
  else if (its->holds_back())
    hold_back(*its, std::move(in));
  else
    receive_joined(*its, std::move(in));
}

void multiplexer::receive_unjoined(const inbound_message& in) {
  if (in.event == events::leave)
    reply(in.join_ref, in, "ok", {});
  else if (in.event == events::join && in.odd_topic.empty())
    join(in);
  else
    refuse({}, in, "unmatched topic");
}

// A message with the join_ref of an earlier join is dropped, as Phoenix does. A second
// leave would be lost with the channel that stops: it is answered when that is done.
void multiplexer::receive_joined(joined_channel& its, inbound_message in) {
  if (in.event == events::join)
    return replace(its, std::move(in));
  if (!in.join_ref.is_null() && in.join_ref != its.join_ref)
    return;
  if (in.event == events::leave && its.now == state::leaving)
    return hold_back(its, std::move(in));
  if (in.event == events::leave)
    its.now = state::leaving;
  self_->send(its.who,
              pushed{std::move(in.ref), std::move(in.event), std::move(in.body)});
}

void multiplexer::hold_back(joined_channel& its, inbound_message in) {
  auto& waiting = its.pending().waiting;
  if (waiting.size() < of_->options.max_waiting)
    waiting.push_back(std::move(in));
  else
    end(runtime::reason::shutdown(std::string("too_many_waiting")),
        {1008, "too many messages wait for a join"});
}

void multiplexer::join(const inbound_message& in) {
  const auto* const make = of_->routes.find(in.topic);
  if (make == nullptr || in.topic == protocol_topic)
    refuse({}, in, "unmatched topic");
  else if (in.topic.size() > of_->options.max_topic)
    refuse(in.join_ref, in, "topic too long");
  else if (channels_.size() >= of_->options.max_channels)
    refuse(in.join_ref, in, "too many channels joined");
  else
    start(in, *make);
}

joined_channel& multiplexer::start(const inbound_message& in,
                                   const channel_factory& make) {
  auto [who, monitor] = self_->spawn_monitor<channel_process>(
      channel_place{self_->pid(), socket_, in.topic, in.join_ref, how_},
      channel_start{make, in.ref, in.body, of_->options.mailbox});
  const auto timer = self_->send_after(of_->options.join_timeout, *self_, timed_out{who});
  auto& its = channels_.add({in.topic, std::move(who), monitor, in.join_ref});
  its.pending().timer = timer;
  its.pending().join_message = in.ref;
  return its;
}

// The old channel has some time to exit; what else comes for the topic waits behind the
// join.
void multiplexer::replace(joined_channel& its, inbound_message in) {
  its.now = state::replaced;
  auto& pending = its.pending();
  pending.timer =
      self_->send_after(of_->options.rejoin_timeout, *self_, timed_out{its.who});
  pending.waiting.push_front(std::move(in));
  self_->exit(its.who, runtime::reason::shutdown(std::string("duplicate_join")));
}

// The old channel is gone: its phx_close follows the answer of the join that waits.
void multiplexer::restart(std::string_view topic) {
  auto closes = std::move(channels_.find(topic)->join_ref);
  auto waiting = channels_.remove(topic);
  const auto in = std::move(waiting.front());
  waiting.pop_front();
  const auto* const make = of_->routes.find(in.topic); // it had a channel before
  auto& its = start(in, *make);
  its.pending().closes = std::move(closes);
  its.pending().waiting = std::move(waiting);
}

void multiplexer::receive_all(waiting_messages waiting) {
  for (auto& each : waiting)
    if (!end_)
      receive(std::move(each));
}

} // namespace websock::channels
