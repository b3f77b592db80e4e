// The process of one channel.
#include "websock/channels/channel/channel_process.hpp"

#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/fastlane.hpp"
#include "websock/channels/broadcast/outgoing.hpp"
#include "websock/channels/channel/join_recovery.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/server/server_result.hpp"
#include "websock/runtime/term/thrown.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace websock::channels {

using runtime::detail::block_of;

namespace {

/// The timer of `noreply_until`; its reference tells an old one from the current one.
struct limit_passed {
  int unused = 0;
};

// The log answers or gives up before; this is for a node without memory.
constexpr std::chrono::seconds longest_wait_for_log{15};

} // namespace

channel_process::channel_process(channel_place at, channel_start start)
    : at_(std::move(at)), start_(std::make_unique<channel_start>(std::move(start))) {
}

channel_process::~channel_process() = default;

const message_ref& channel_process::join_ref() const noexcept {
  return start_ && at_.join_ref.is_null() ? start_->ref : at_.join_ref;
}

const message_ref& channel_process::ref() const noexcept {
  static const message_ref none;
  const auto* const in = handled_push();
  return in == nullptr ? none : in->ref;
}

const std::type_info& channel_process::type() const noexcept {
  const auto* const its = channel_.get();
  return its != nullptr ? typeid(*its) : typeid(*this);
}

// An exception from here ends the process before its join was answered: the process of
// the socket notices.
void channel_process::on_start() {
  self().limit_mailbox(start_->mailbox);
  transport_ = self().monitor(at_.transport);
  channel_ = start_->make();
  start_->make = nullptr;
  channel_->host_ = this;
  join_is_over(channel_->join(at_.topic, start_->params));
}

void channel_process::join_is_over(join_result result) {
  auto& callback = result.callback();
  if (callback && !callback.is_done()) {
    waiting_ = std::move(callback);
    return;
  }
  if (callback)
    result = callback.take<join_result::promise_type>();
  if (result.is_accepted() && waits_for_log())
    return join_is_over(when_log_is_read(result.reply()));
  if (result.is_accepted())
    accept(result.reply());
  else
    refuse(result.reply());
  at_.join_ref = message_ref(join_ref());
  start_.reset();
}

// Asks once: what is out of reach is done without.
bool channel_process::waits_for_log() {
  auto& histories = self().node().extension<topic_histories>();
  const auto options = histories.find(at_.topic);
  return options != nullptr && !std::exchange(start_->has_asked_log, true)
         && histories.read_log(options, at_.topic, self().pid());
}

join_result channel_process::when_log_is_read(payload reply) {
  static_cast<void>(
      co_await self().receive(longest_wait_for_log, [](const log_was_read&) {}));
  co_return join_result(join_result::kind::accepted, std::move(reply));
}

// The answer is the first thing that the client gets of this channel: what is broadcast
// from here on arrives at the socket's process later.
void channel_process::accept(const payload& reply) {
  auto intercepted = channel_->intercepted();
  const auto options = self().node().extension<topic_histories>().find(at_.topic);
  if (options != nullptr)
    return accept_with_history(reply, *options, std::move(intercepted));
  answer(join_answer::kind::accepted, reply);
  has_joined_ = true;
  runtime::pubsub::subscribe(
      self(), at_.topic, make_fastlane(at_.transport, at_.how, std::move(intercepted)));
}

// Nothing can be delivered on this shard between reading the history and subscribing.
void channel_process::accept_with_history(const payload& reply,
                                          const topic_options& options,
                                          std::vector<std::string> intercepted) {
  const auto found = self().node().extension<topic_histories>().resume(
      options, at_.topic, self().shard(), wanted_position(start_->params));
  const auto extended = with_recovery(reply, found);
  if (!intercepted.empty())
    intercepted_ =
        std::make_unique<const std::vector<std::string>>(std::move(intercepted));
  if (intercepted_)
    answer(join_answer::kind::accepted, extended);
  else
    answer(join_answer::kind::accepted, extended,
           encode_missed(at_.how, at_.topic, found));
  has_joined_ = true;
  if (intercepted_)
    return have_all_pass(found);
  runtime::pubsub::subscribe(self(), at_.topic,
                             make_fastlane(at_.transport, at_.how, {}));
}

// Intercepted messages must not be overtaken by others: a client that has seen a position
// has seen all before it. So none takes the fastlane.
void channel_process::have_all_pass(const resumption& found) {
  for (std::size_t i = 0; i < found.missed.size(); ++i) {
    const auto& each = *found.missed[i].what;
    runtime::detail::send_kept(self().pid(),
                               broadcast_message(at_.topic, each.event,
                                                 payload::from_text(each.text),
                                                 found.missed[i].at));
  }
  runtime::pubsub::subscribe(self(), at_.topic);
}

void channel_process::refuse(const payload& reason) {
  answer(join_answer::kind::refused, reason);
  terminate(runtime::reason::shutdown);
  block_of(self()).end(runtime::reason::shutdown);
}

// What cannot be encoded is thrown here, and the join has crashed.
void channel_process::answer(join_answer::kind what, const payload& reply,
                             std::vector<shared_message> missed) {
  const auto* const status = what == join_answer::kind::accepted ? "ok" : "error";
  auto encoded =
      share(encode_reply(at_.how, at_.join_ref, start_->ref, at_.topic, status, reply));
  runtime::detail::send_kept(
      at_.transport,
      join_answer{self().pid(), what, std::move(encoded), std::move(missed)});
}

void channel_process::on_message(runtime::term message) {
  if (const auto* passed = message.get_if<runtime::timer_expired>();
      passed != nullptr && passed->message.is<limit_passed>()) {
    if (passed->ref != limit_)
      return; // a message came before it
    message = runtime::term(runtime::idle{});
  }
  if (limit_)
    self().cancel_timer(std::exchange(limit_, {}));
  dispatch(std::move(message));
}

void channel_process::dispatch(runtime::term message) {
  current_ = std::move(message); // stays while the callback waits
  if (const auto* in = current_.get_if<pushed>())
    return handle(*in);
  if (const auto* out = current_.get_if<broadcast_message>();
      out != nullptr && out->topic() == at_.topic)
    return handle(*out);
  if (const auto* closing = current_.get_if<socket_closing>())
    return stop(closing->why);
  if (const auto* ordered = current_.get_if<runtime::exit_signal>();
      ordered != nullptr && self().is_parent(ordered->from))
    return stop(ordered->reason); // the node stops
  if (const auto* gone = current_.get_if<runtime::down>();
      gone != nullptr && gone->ref == transport_)
    return stop(gone->reason.is_normal()
                    ? runtime::reason::shutdown(std::string("closed"))
                    : gone->reason);
  invoke([&] { return channel_->handle_info(current_); });
}

void channel_process::handle(const pushed& in) {
  if (in.event == events::leave)
    leave();
  else
    invoke([&] { return channel_->handle_in(in.event, in.body); });
}

void channel_process::leave() {
  conclude(channel::reply().and_stop(runtime::reason::shutdown(std::string("left"))));
}

// What else comes here and is not intercepted has no form that this client can get.
void channel_process::handle(const broadcast_message& out) {
  if (passes_on(out))
    return invoke([&] {
      push(out.event(), out.body());
      return channel::noreply();
    });
  if (out.encoded(at_.how) != nullptr)
    return invoke([&] { return channel_->handle_out(out.event(), out.body()); });
  self().node().log(runtime::log_level::warning,
                    "a broadcast to " + at_.topic
                        + " is binary, which a client of version 1 cannot get");
}

bool channel_process::passes_on(const broadcast_message& out) const {
  return intercepted_ && out.encoded(at_.how) != nullptr
         && std::find(intercepted_->begin(), intercepted_->end(), out.event())
                == intercepted_->end();
}

// What is pushed while a kept message is handled stands for it: a client that has got it
// does not get the message again.
const position* channel_process::handled_position() const {
  const auto* const out = current_.get_if<broadcast_message>();
  return out != nullptr && out->topic() == at_.topic ? out->at() : nullptr;
}

void channel_process::on_resumed() {
  if (!waiting_ || !waiting_.is_done())
    return;
  auto done = std::exchange(waiting_, {});
  if (start_)
    join_is_over(join_result(std::move(done)));
  else
    invoke([&] { return channel_result(std::move(done)); });
}

// The one place that catches what callbacks throw. A join is not among them: terminate is
// not for a channel that never came up.
template <class Callback>
void channel_process::invoke(Callback callback) {
  try {
    conclude(callback());
  } catch (const runtime::signalled_exit&) {
    throw; // an untrapped exit signal: no further callback
  } catch (...) {
    terminate(runtime::detail::thrown_reason());
    throw;
  }
}

void channel_process::conclude(channel_result result) {
  auto& callback = result.callback();
  if (callback && !callback.is_done()) {
    waiting_ = std::move(callback);
    return;
  }
  if (callback)
    result = callback.take<channel_result::promise_type>();
  apply(result);
}

void channel_process::apply(const channel_result& result) {
  if (result.answer())
    reply(*result.answer());
  current_ = {};
  if (result.limit())
    start_limit(*result.limit());
  if (result.stop())
    stop(*result.stop());
}

void channel_process::reply(const channel_result::reply& answer) {
  const auto* const in = handled_push();
  if (in == nullptr)
    throw std::logic_error("a reply answers a push: only handle_in returns one");
  runtime::send(at_.transport,
                outgoing{share(encode_reply(at_.how, join_ref(), in->ref, at_.topic,
                                            answer.status, answer.body))});
}

void channel_process::start_limit(runtime::duration limit) {
  limit_ = self().start_timer(limit, self(), limit_passed{});
}

// An orderly end is announced: every other one is a crash to the socket's process.
void channel_process::stop(const runtime::exit_reason& why) {
  const runtime::exit_reason reason = why; // `why` may lie in current_
  if (!reason.is_abnormal())
    runtime::detail::send_kept(at_.transport, close_notice{self().pid()});
  terminate(reason);
  block_of(self()).end(reason);
}

void channel_process::terminate(const runtime::exit_reason& why) noexcept {
  try {
    channel_->terminate(why);
  } catch (...) {
    self().node().log_thrown("terminate of a channel");
  }
}

void channel_process::require_joined(std::string_view what) const {
  if (!has_joined_)
    throw std::logic_error(std::string(what)
                           + " before the join is accepted: send a message to self()");
}

socket_ref channel_process::reference() const {
  if (ref().is_null())
    throw std::logic_error("reference: no push that expects a reply is being handled");
  return {at_.transport, at_.how, at_.topic, join_ref(), ref()};
}

void channel_process::push(std::string_view event, const payload& body) const {
  require_joined("push");
  if (!body.is_object() && !body.is_binary())
    throw std::invalid_argument("what is pushed is a JSON object or binary: "
                                + body.text());
  runtime::send(at_.transport,
                outgoing{share(encode(at_.how, {outbound_message::kind::push,
                                                join_ref(),
                                                {},
                                                at_.topic,
                                                event,
                                                body,
                                                {},
                                                handled_position()}))});
}

void channel_process::broadcast(std::string_view event, const payload& body) const {
  require_joined("broadcast");
  channels::broadcast(self(), at_.topic, event, body);
}

void channel_process::broadcast_from(std::string_view event, const payload& body) const {
  require_joined("broadcast_from");
  channels::broadcast_from(self(), at_.topic, event, body);
}

} // namespace websock::channels
