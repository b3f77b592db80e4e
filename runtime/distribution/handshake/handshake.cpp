// What both ends of a handshake do: cutting the stream into messages, deciding which of
// them a state accepts, ending.
#include "handshake.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime::distribution {

std::optional<handshake_message> accepted(handshake_state state, char tag) noexcept {
  using kind = handshake_message;
  const auto if_tagged = [tag](char with, kind is) {
    return tag == with ? std::optional(is) : std::nullopt;
  };
  switch (state) {
  case handshake_state::awaiting_status:
  case handshake_state::awaiting_confirmation:
    return if_tagged('s', kind::status);
  case handshake_state::awaiting_challenge:
    return tag == 'n' ? std::optional(kind::old_challenge)
                      : if_tagged('N', kind::challenge);
  case handshake_state::awaiting_ack:
    return if_tagged('a', kind::ack);
  case handshake_state::awaiting_name:
    return tag == 'n' ? std::optional(kind::old_name) : if_tagged('N', kind::name);
  case handshake_state::awaiting_complement:
    return if_tagged('c', kind::complement);
  case handshake_state::awaiting_reply:
    return if_tagged('r', kind::reply);
  case handshake_state::starting:
  case handshake_state::established:
  case handshake_state::refused:
    return std::nullopt;
  }
  return std::nullopt;
}

handshake::handshake(handshake_self self, arrival_judge& judge, handshake_options options,
                     handshake_state state)
    : self_(std::move(self)), judge_(judge), options_(options), state_(state),
      packets_(options.most_octets, options.lengths) {
}

handshake handshake::connect(handshake_self self, node_name peer, arrival_judge& judge,
                             handshake_options options) {
  handshake made(std::move(self), judge, options, handshake_state::starting);
  made.peer_ = handshake_peer{std::move(peer), {}, 0};
  return made;
}

handshake handshake::accept(handshake_self self, arrival_judge& judge,
                            handshake_options options) {
  return {std::move(self), judge, options, handshake_state::awaiting_name};
}

handshake_step handshake::feed(std::string_view octets) {
  if (is_over())
    return step(octets);
  packets_.append(octets);
  notice_tls();
  while (!is_over()) {
    if (packets_.is_over_limit()) {
      refuse(handshake_failure::too_long,
             "sends more than " + std::to_string(options_.most_octets) + " octets");
      break;
    }
    const auto packet = packets_.next();
    if (!packet)
      break;
    take(*packet);
  }
  // Before this call the stream ended within a message, so what is left has come with it.
  return step(
      is_over() ? octets.substr(octets.size() - std::min(octets.size(), packets_.left()))
                : std::string_view());
}

// Or both would wait for the other's first message until their time is up.
void handshake::notice_tls() {
  const std::string text = "speaks TLS, and this node does not";
  if (state_ == handshake_state::awaiting_name && packets_.is_tls())
    turn_away(handshake_failure::unexpected, text); // which is no TLS: it sees that
  else if (state_ == handshake_state::awaiting_status && packets_.is_tls())
    refuse(handshake_failure::unexpected, text);
}

handshake_step handshake::end_of_stream() {
  if (state_ == handshake_state::awaiting_ack)
    refuse(
        handshake_failure::wrong_cookie,
        "closed instead of acknowledging our digest: its cookie is probably another one");
  else if (!is_over())
    refuse(handshake_failure::closed, "closed before the handshake was over");
  return step();
}

void handshake::take(std::string_view packet) {
  const auto kind = packet.empty() ? std::nullopt : accepted(state_, packet.front());
  if (!kind)
    return refuse(handshake_failure::unexpected,
                  "sends a message that has no place here in the handshake");
  take_as(*kind, packet.substr(1));
}

void handshake::take_as(handshake_message kind, std::string_view body) {
  switch (kind) {
  case handshake_message::name:
    return take_name(body);
  case handshake_message::old_name:
    return take_old_name(body);
  case handshake_message::status:
    return state_ == handshake_state::awaiting_status ? take_status(body)
                                                      : take_confirmation(body);
  case handshake_message::challenge:
    return take_challenge(body);
  case handshake_message::old_challenge:
    return refuse(handshake_failure::version,
                  "speaks version 5 only: it is older than OTP 23");
  case handshake_message::complement:
    return take_complement(body);
  case handshake_message::reply:
    return take_reply(body);
  case handshake_message::ack:
    return take_ack(body);
  }
}

bool handshake::is_over() const noexcept {
  return state_ == handshake_state::established || state_ == handshake_state::refused;
}

handshake_step handshake::step(std::string_view rest) {
  handshake_step made;
  made.output = std::exchange(output_, {});
  made.rest = rest;
  if (state_ == handshake_state::established)
    made.outcome = handshake_success{*peer_, self_.offers & peer_->flags, status_};
  else if (state_ == handshake_state::refused)
    made.outcome = *refusal_;
  return made;
}

capabilities handshake::missing() const noexcept {
  return required.without(peer_->flags);
}

void handshake::refuse(handshake_failure reason, std::string text) {
  state_ = handshake_state::refused;
  refusal_ = handshake_refusal{reason, peer_text() + " " + std::move(text)};
}

void handshake::say(std::string_view message) {
  detail::put_packet(output_, message, options_.lengths);
}

void handshake::establish() {
  state_ = handshake_state::established;
}

std::string handshake::peer_text() const {
  return peer_ ? peer_->name.text() : "a node without a name yet";
}

} // namespace websock::runtime::distribution
