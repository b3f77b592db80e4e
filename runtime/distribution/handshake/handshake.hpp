// The handshake of two nodes, version 6 (OTP 23 and later), either end of it: octets in,
// octets out. No sockets, no clock: who owns the socket also gives the handshake its
// deadline.
#pragma once

#include "arrival.hpp"
#include "capabilities.hpp"
#include "cookie.hpp"
#include "node_name.hpp"
#include "short_packets.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace websock::runtime::distribution {

/// Our own node, as the peer gets to know it.
struct handshake_self {
  node_name name;
  capabilities offers; // see `offered`
  std::uint32_t creation;
  cookie secret;
};

struct handshake_options {
  /// Octets of all messages of the peer together: nobody needs as many, and a stranger
  /// gets no more.
  std::size_t most_octets = std::size_t{64} << 10U;
  /// Where challenges come from; tests give known ones.
  std::uint32_t (*challenges)() = &random_challenge;
  /// Four within TLS, as Erlang has it. Source: inet_tls_dist.
  length_field lengths = length_field::two;
};

enum class handshake_state {
  // connecting
  starting,
  awaiting_status,
  awaiting_challenge,
  awaiting_ack,
  // accepting
  awaiting_name,
  awaiting_confirmation, // that the new connection replaces the one that is alive
  awaiting_complement,   // of a peer that began with the old send_name
  awaiting_reply,
  // over
  established,
  refused,
};

enum class handshake_message {
  name,
  old_name,
  status,
  challenge,
  old_challenge,
  complement,
  reply,
  ack,
};

/// What a message with this tag is in this state; none if the state does not accept it.
[[nodiscard]] std::optional<handshake_message> accepted(handshake_state state,
                                                        char tag) noexcept;

enum class handshake_failure {
  too_long,      // more octets than `most_octets`
  malformed,     // a message that is not laid out as the protocol has it
  unexpected,    // a message at the wrong time, or none that the protocol has
  version,       // the peer speaks version 5 only: it is older than OTP 23
  missing_flags, // of `required`
  dynamic_name,  // the peer wants a name from us
  bad_name,      // not name@host
  other_name,    // the node that answers is not the one that we called
  same_name,     // the peer has our own name
  simultaneous,  // nok: the attempt of the greater name goes on instead of this one
  not_allowed,   // by the judge, or by the peer
  connected,     // alive: the old connection stays
  wrong_cookie,
  closed, // the stream ended too early
};

struct handshake_refusal {
  handshake_failure reason;
  std::string
      text; // for people; names the peer as far as it is known, and never the cookie
};

/// What both ends know of each other now.
struct handshake_success {
  handshake_peer peer;
  capabilities agreed; // what both offer
  arrival status; // ok_simultaneous and alive have something end, see `arrival_judge`
};

struct handshake_step {
  std::string output; // to be sent, even if the handshake is refused
  std::variant<std::monostate, handshake_success, handshake_refusal>
      outcome;           // the first while it goes on
  std::string_view rest; // of the octets given: what the peer sent behind the handshake

  [[nodiscard]] const handshake_success* success() const noexcept {
    return std::get_if<handshake_success>(&outcome);
  }
  [[nodiscard]] const handshake_refusal* refusal() const noexcept {
    return std::get_if<handshake_refusal>(&outcome);
  }
};

/// One end of one handshake. On refusal, send the output and close.
class handshake {
public:
  /// To a node that must turn out to be `peer`. The judge outlives the handshake.
  [[nodiscard]] static handshake connect(handshake_self self, node_name peer,
                                         arrival_judge& judge,
                                         handshake_options options = {});
  [[nodiscard]] static handshake accept(handshake_self self, arrival_judge& judge,
                                        handshake_options options = {});

  /// Once, before anything else: what to send without having heard anything.
  [[nodiscard]] handshake_step begin();
  /// Octets from the peer, cut anywhere. After the outcome it takes none, and `rest` is
  /// all of them.
  [[nodiscard]] handshake_step feed(std::string_view octets);
  /// The peer's stream has ended.
  [[nodiscard]] handshake_step end_of_stream();

  [[nodiscard]] handshake_state state() const noexcept { return state_; }

private:
  handshake(handshake_self self, arrival_judge& judge, handshake_options options,
            handshake_state state);

  [[nodiscard]] bool is_over() const noexcept;
  [[nodiscard]] handshake_step step(std::string_view rest = {});
  void notice_tls();
  void take(std::string_view packet);
  void take_as(handshake_message kind, std::string_view body);

  void take_name(std::string_view body);
  void take_old_name(std::string_view body);
  void take_confirmation(std::string_view body);
  void take_complement(std::string_view body);
  void take_reply(std::string_view body);
  void meet(std::string_view name, capabilities flags, std::uint32_t creation);
  void judge_arrival();
  void challenge_peer();

  void take_status(std::string_view body);
  void answer_alive();
  void take_challenge(std::string_view body);
  void answer_challenge(std::uint32_t challenge);
  void take_ack(std::string_view body);

  [[nodiscard]] capabilities missing() const noexcept;
  void say(std::string_view message);
  void send_status(std::string_view status);
  void turn_away(handshake_failure reason, std::string text);
  void refuse(handshake_failure reason, std::string text);
  void establish();
  [[nodiscard]] std::string peer_text() const;

  handshake_self self_;
  arrival_judge& judge_;
  handshake_options options_;
  handshake_state state_;
  detail::short_packets packets_;
  std::optional<handshake_peer> peer_; // accepting: once it has told its name
  arrival status_ = arrival::ok;
  bool has_old_name_ = false;   // a complement follows the challenge
  std::uint32_t challenge_ = 0; // ours
  std::string output_;
  std::optional<handshake_refusal> refusal_;
};

} // namespace websock::runtime::distribution
