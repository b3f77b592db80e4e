// The end of a handshake that connects: A in erl_dist_protocol.
#include "handshake.hpp"
#include "handshake_messages.hpp"

namespace websock::runtime::distribution {

handshake_step handshake::begin() {
  if (state_ != handshake_state::starting)
    return step();
  state_ = handshake_state::awaiting_status;
  say(detail::to_octets(
      detail::name_message{self_.offers, self_.creation, self_.name.text()}));
  return step();
}

void handshake::take_status(std::string_view body) {
  if (body == "ok" || body == "ok_simultaneous") {
    status_ = body == "ok" ? arrival::ok : arrival::ok_simultaneous;
    state_ = handshake_state::awaiting_challenge;
  } else if (body == "alive") {
    answer_alive();
  } else if (body == "nok") {
    refuse(handshake_failure::simultaneous,
           "is connecting to us at the same time, and its attempt goes on");
  } else if (body == "not_allowed") {
    refuse(handshake_failure::not_allowed, "does not allow us to connect");
  } else if (body.substr(0, 6) == "named:") {
    refuse(handshake_failure::dynamic_name, "gives us a name that we have not asked for");
  } else {
    refuse(handshake_failure::malformed,
           "sends a status that the handshake does not have");
  }
}

void handshake::answer_alive() {
  if (!judge_.is_still_wanted(peer_->name)) {
    send_status("false");
    return refuse(handshake_failure::connected, "is connected to us already");
  }
  send_status("true");
  status_ = arrival::alive;
  state_ = handshake_state::awaiting_challenge;
}

void handshake::take_challenge(std::string_view body) {
  const auto message = detail::read_challenge(body);
  if (!message)
    return refuse(handshake_failure::malformed, "sends a challenge with fields missing");
  if (message->name != peer_->name.text()) {
    const auto other = node_name::read(message->name);
    return refuse(handshake_failure::other_name,
                  "was called, and "
                      + (other ? other->text() : "something without a valid name")
                      + " answers");
  }
  peer_->flags = spelled_out(message->flags);
  peer_->creation = message->creation;
  if (!missing().is_empty())
    return refuse(handshake_failure::missing_flags, "lacks " + to_string(missing()));
  answer_challenge(message->challenge);
}

// With equal challenges, our digest would be the acknowledgement that we wait for: a peer
// could give it back without knowing the cookie.
void handshake::answer_challenge(std::uint32_t challenge) {
  do
    challenge_ = options_.challenges();
  while (challenge_ == challenge);
  say(detail::to_octets(
      detail::reply_message{challenge_, self_.secret.answer(challenge)}));
  state_ = handshake_state::awaiting_ack;
}

void handshake::take_ack(std::string_view body) {
  const auto digest = detail::read_ack(body);
  if (!digest)
    return refuse(handshake_failure::malformed, "sends a digest that has not 16 octets");
  if (!self_.secret.is_answer(challenge_, *digest))
    return refuse(handshake_failure::wrong_cookie, "has another cookie");
  establish();
}

} // namespace websock::runtime::distribution
