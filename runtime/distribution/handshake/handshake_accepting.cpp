// The end of a handshake that accepts: B in erl_dist_protocol.
#include "handshake.hpp"
#include "handshake_messages.hpp"

#include <utility>

namespace websock::runtime::distribution {

namespace {

// Of the flags that are mandatory, those that the old send_name has room for.
constexpr capabilities low_half(0xffff'ffffU);

} // namespace

void handshake::take_name(std::string_view body) {
  const auto message = detail::read_name(body);
  if (!message)
    return refuse(handshake_failure::malformed, "sends a name with fields missing");
  meet(message->name, message->flags, message->creation);
  if (state_ == handshake_state::refused)
    return;
  if (!missing().is_empty())
    return turn_away(handshake_failure::missing_flags, "lacks " + to_string(missing()));
  judge_arrival();
}

void handshake::take_old_name(std::string_view body) {
  const auto message = detail::read_old_name(body);
  if (!message)
    return refuse(handshake_failure::malformed, "sends a name with fields missing");
  if (message->version != 5)
    return refuse(handshake_failure::malformed,
                  "sends an old name of a version that is not 5");
  const capabilities flags(message->flags);
  if (!flags.has(capability::handshake_23))
    return turn_away(handshake_failure::version,
                     "speaks version 5 only: it is older than OTP 23");
  has_old_name_ = true;
  meet(message->name, flags, 0);
  if (state_ == handshake_state::refused)
    return;
  if (const auto lacks = missing() & low_half; !lacks.is_empty())
    return turn_away(handshake_failure::missing_flags, "lacks " + to_string(lacks));
  judge_arrival();
}

void handshake::meet(std::string_view name, capabilities flags, std::uint32_t creation) {
  if (flags.has(capability::name_me))
    return turn_away(handshake_failure::dynamic_name,
                     "wants a name from us, and we give none");
  auto valid = node_name::read(name);
  if (!valid)
    return turn_away(handshake_failure::bad_name, "gives a name that is not name@host");
  if (*valid == self_.name)
    return turn_away(handshake_failure::same_name,
                     "has our own name, " + self_.name.text() + ": names must differ");
  peer_ = handshake_peer{std::move(*valid), spelled_out(flags), creation};
}

void handshake::judge_arrival() {
  status_ = judge_.arrives(*peer_);
  switch (status_) {
  case arrival::ok:
    send_status("ok");
    return challenge_peer();
  case arrival::ok_simultaneous:
    send_status("ok_simultaneous");
    return challenge_peer();
  case arrival::alive:
    send_status("alive");
    state_ = handshake_state::awaiting_confirmation;
    return;
  case arrival::nok:
    send_status("nok");
    return refuse(handshake_failure::simultaneous,
                  "connects while we are connecting to it, and our attempt goes on");
  case arrival::not_allowed:
    return turn_away(handshake_failure::not_allowed, "is not allowed to connect");
  }
}

void handshake::take_confirmation(std::string_view body) {
  if (body == "true")
    return challenge_peer();
  if (body == "false")
    return refuse(handshake_failure::connected, "keeps the connection that it has");
  refuse(handshake_failure::malformed, "answers alive with neither true nor false");
}

void handshake::challenge_peer() {
  challenge_ = options_.challenges();
  say(detail::to_octets(detail::challenge_message{self_.offers, challenge_,
                                                  self_.creation, self_.name.text()}));
  state_ = has_old_name_ ? handshake_state::awaiting_complement
                         : handshake_state::awaiting_reply;
}

void handshake::take_complement(std::string_view body) {
  const auto message = detail::read_complement(body);
  if (!message)
    return refuse(handshake_failure::malformed, "sends a complement with fields missing");
  const capabilities high(std::uint64_t{message->flags} << 32U);
  peer_->flags = spelled_out(peer_->flags | high);
  peer_->creation = message->creation;
  if (!missing().is_empty())
    return refuse(handshake_failure::missing_flags, "lacks " + to_string(missing()));
  state_ = handshake_state::awaiting_reply;
}

void handshake::take_reply(std::string_view body) {
  const auto message = detail::read_reply(body);
  if (!message)
    return refuse(handshake_failure::malformed, "sends a reply that has not 20 octets");
  if (!self_.secret.is_answer(challenge_, message->digest))
    return refuse(handshake_failure::wrong_cookie, "has another cookie");
  say(detail::ack_octets(self_.secret.answer(message->challenge)));
  establish();
}

void handshake::send_status(std::string_view status) {
  say(detail::status_octets(status));
}

void handshake::turn_away(handshake_failure reason, std::string text) {
  send_status("not_allowed");
  refuse(reason, std::move(text));
}

} // namespace websock::runtime::distribution
