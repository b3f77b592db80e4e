// The process of a client that polls.
#include "websock/channels/longpoll/poll_session.hpp"

#include "websock/channels/broadcast/outgoing.hpp"
#include "websock/channels/envelope/json_text.hpp"
#include "websock/protocol/octets.hpp"
#include "websock/protocol/utf8_validator.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"

#include <utility>

namespace websock::channels {

poll_session::poll_session(session_setup setup)
    : setup_(std::move(setup)),
      channels_(setup_.all->of(), setup_.client.socket, setup_.client.how) {
}

void poll_session::on_start() {
  self().limit_mailbox(setup_.all->mailbox());
  setup_.all->enter(self(), setup_.name);
  channels_.start(self());
  await_poll();
}

void poll_session::on_message(runtime::term message) {
  if (const auto* out = message.get_if<outgoing>())
    keep(out->encoded);
  else
    dispatch(message);
  flush();
}

void poll_session::dispatch(const runtime::term& message) {
  const auto* const call = message.get_if<runtime::gen_call>();
  const auto* const gone = message.get_if<runtime::down>();
  if (const auto* asked = call == nullptr ? nullptr : call->request.get_if<poll>())
    take(call->caller, *asked);
  else if (const auto* posted = call == nullptr ? nullptr : call->request.get_if<batch>())
    take(call->caller, *posted);
  else if (const auto* passed = message.get_if<time_is_up>())
    take(*passed);
  else if (message.is<drain_session>())
    drain();
  else if (gone != nullptr && poll_ && gone->ref == poll_->monitor)
    forget_poll();
  else
    channels_.handle_info(message);
}

// The last poll counts: the client may know nothing of an earlier one any more.
void poll_session::take(const runtime::from& caller, const poll& asked) {
  if (poll_)
    answer({poll_answer::kind::superseded});
  poll_ = waiting_poll{caller, self().monitor(asked.who)};
  start_timer(setup_.all->options().window);
}

// What ends the session leaves the request without an answer.
void poll_session::take(const runtime::from& caller, const batch& posted) {
  for (const auto& line : *posted.lines) {
    receive(line);
    if (channels_.ending() != nullptr)
      return;
  }
  runtime::reply(caller, batch_done());
}

void poll_session::receive(const message& line) {
  const bool is_text = line.opcode() == protocol::opcode::text;
  if (is_text && !protocol::is_valid_utf8(line.payload()))
    return channels_.reject();
  channels_.receive({line.opcode(), protocol::as_octets(line.payload())});
}

void poll_session::take(const time_is_up& passed) {
  if (passed.of != timers_)
    return;
  if (poll_)
    answer({poll_answer::kind::nothing});
  else
    end(runtime::reason::shutdown(std::string("inactive")));
}

void poll_session::drain() {
  end(runtime::reason::shutdown(std::string("draining")));
}

bool poll_session::has_room_for(const message& out) const noexcept {
  const auto& limits = setup_.all->options();
  return unread_.empty()
         || (unread_.size() < limits.max_unread
             && unread_bytes_ <= limits.max_unread_bytes
             && out.payload().size() <= limits.max_unread_bytes - unread_bytes_);
}

void poll_session::keep(message out) {
  is_full_ = is_full_ || !has_room_for(out);
  if (is_full_)
    return;
  unread_bytes_ += out.payload().size();
  unread_.push_back(std::move(out));
}

void poll_session::flush() {
  for (auto& each : channels_.take_output())
    keep(std::move(each));
  if (poll_ && !unread_.empty())
    answer({poll_answer::kind::messages,
            std::make_shared<const std::string>(unread_as_json())});
  if (is_full_) {
    setup_.all->count_overflow();
    end(runtime::reason::shutdown(std::string("too_many_unread")));
  } else if (const auto* const ending = channels_.ending()) {
    end(ending->reason);
  }
}

// JSON has no octets. Those that happen to be UTF-8 go out as Phoenix lets them; its
// clients cannot read them.
std::string poll_session::unread_as_json() {
  std::string all = "[";
  for (const auto& each : std::exchange(unread_, {})) {
    if (each.opcode() == protocol::opcode::binary
        && !protocol::is_valid_utf8(each.payload())) {
      self().node().log(runtime::log_level::warning,
                        "a client that polls cannot get octets");
      continue;
    }
    if (all.size() > 1)
      all += ',';
    append_quoted(all, each.payload());
  }
  unread_bytes_ = 0;
  return all + ']';
}

void poll_session::answer(poll_answer what) {
  self().demonitor_flush(poll_->monitor);
  runtime::reply(poll_->caller, std::move(what));
  forget_poll();
}

// If its client has left, what waits for it stays.
void poll_session::forget_poll() {
  poll_.reset();
  await_poll();
}

void poll_session::await_poll() {
  const runtime::duration window = setup_.all->options().window;
  start_timer(window + window / 2);
}

void poll_session::start_timer(runtime::duration time) {
  if (timer_)
    self().cancel_timer(timer_);
  timer_ = self().send_after(time, self(), time_is_up{++timers_});
}

// Other channels see the exit.
void poll_session::end(const runtime::exit_reason& why) {
  channels_.end_joins();
  runtime::detail::block_of(self()).end(why);
}

} // namespace websock::channels
