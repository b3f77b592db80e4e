// Handshakes of our two ends, and of each with literal octets (erl_dist_protocol, "The
// Handshake in Detail").
#include "websock/runtime/distribution/handshake/handshake.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/handshake/handshake_ends.hpp"

#include <algorithm>
#include <memory>

using namespace tests;
using namespace std::string_literals;
using distribution::arrival;
using distribution::handshake;
using distribution::handshake_failure;
using distribution::handshake_state;

namespace {

/// Both ends, and who decides for them.
struct pair {
  told_judge of_a;
  told_judge of_b;
  handshake a;
  handshake b;
  end_of_handshake from_a{a, {}, {}, {}, {}};
  end_of_handshake from_b{b, {}, {}, {}, {}};

  explicit pair(distribution::handshake_self connecting = node("a@host"),
                distribution::handshake_self accepting = node("b@host"),
                distribution::handshake_options both = {})
      : a(handshake::connect(std::move(connecting), accepting.name, of_a, both)),
        b(handshake::accept(accepting, of_b, both)) {}

  /// Carries everything both ways, `size` octets at a time, until both are silent.
  void run(std::size_t size = 1'000) {
    from_a.take(a.begin());
    from_b.take(b.begin());
    for (std::size_t heard_by_a = 0, heard_by_b = 0;
         heard_by_a < from_b.said.size() || heard_by_b < from_a.said.size();) {
      if (heard_by_b < from_a.said.size())
        heard_by_b += carry(from_a, from_b, heard_by_b, size);
      else
        heard_by_a += carry(from_b, from_a, heard_by_a, size);
    }
  }

private:
  static std::size_t carry(const end_of_handshake& from, end_of_handshake& to,
                           std::size_t at, std::size_t size) {
    const auto piece = from.said.substr(at, size); // as `take` changes what was said
    to.take(to.of.feed(piece));
    return piece.size();
  }
};

void require_both(const pair& nodes, arrival status = arrival::ok) {
  REQUIRE(nodes.from_a.success);
  REQUIRE(nodes.from_b.success);
  CHECK(nodes.from_a.success->peer.name.text() == "b@host");
  CHECK(nodes.from_b.success->peer.name.text() == "a@host");
  CHECK(nodes.from_a.success->peer.creation == 0x2222'2222U);
  CHECK(nodes.from_b.success->peer.creation == 0x1111'1111U);
  CHECK(nodes.from_a.success->agreed == nodes.from_b.success->agreed);
  CHECK(nodes.from_a.success->status == status);
  CHECK(nodes.from_b.success->status == status);
}

/// Both ends refuse, and the octets behind it are left to nobody.
void require_refusals(const pair& nodes, handshake_failure of_a, handshake_failure of_b) {
  REQUIRE(nodes.from_a.refusal);
  REQUIRE(nodes.from_b.refusal);
  CHECK(nodes.from_a.refusal->reason == of_a);
  CHECK(nodes.from_b.refusal->reason == of_b);
}

std::uint32_t known_challenge() {
  return 12'345;
}

const distribution::handshake_options known{std::size_t{64} << 10U, &known_challenge};

} // namespace

TEST_CASE("two nodes with one cookie agree, wherever their octets are cut") {
  for (std::size_t size = 1; size < 80; ++size) {
    pair nodes;
    nodes.run(size);
    require_both(nodes);
    CHECK(nodes.from_a.success->agreed
          == distribution::offered(distribution::visibility::hidden));
  }
}

TEST_CASE("within TLS the lengths have four octets, as Erlang has them") {
  distribution::handshake_options within_tls;
  within_tls.lengths = distribution::length_field::four;
  for (std::size_t size = 1; size < 80; ++size) {
    pair nodes(node("a@host"), node("b@host"), within_tls);
    nodes.run(size);
    require_both(nodes);
    CHECK(nodes.from_a.said.substr(0, 5) == "\0\0\0\x15N"s);
    CHECK(nodes.from_b.said.substr(0, 7) == "\0\0\0\x03sok"s);
  }
}

TEST_CASE("what both offer is agreed upon, and a node is visible if both are") {
  const auto visible = distribution::offered(distribution::visibility::visible);
  pair nodes(
      node("a@host", "secret", visible),
      node("b@host", "secret",
           all_of_us | distribution::capabilities{distribution::capability::alias}));
  nodes.run();
  require_both(nodes);
  CHECK(nodes.from_a.success->agreed
        == (all_of_us | distribution::capabilities{distribution::capability::alias}));
  CHECK(nodes.from_b.success->peer.flags == visible);
}

TEST_CASE("nodes with different cookies refuse each other, and only the accepting one "
          "knows why") {
  pair nodes(node("a@host", "secret"), node("b@host", "Secret"));
  nodes.run();
  REQUIRE(nodes.from_b.refusal);
  CHECK(nodes.from_b.refusal->reason == handshake_failure::wrong_cookie);
  CHECK(nodes.from_b.refusal->text == "a@host has another cookie");
  CHECK_FALSE(nodes.from_a.refusal);
  nodes.from_a.take(nodes.a.end_of_stream());
  REQUIRE(nodes.from_a.refusal);
  CHECK(nodes.from_a.refusal->reason == handshake_failure::wrong_cookie);
}

TEST_CASE(
    "of two nodes that connect to each other, the attempt of the greater name goes on") {
  using distribution::decide;
  using distribution::relation;
  const auto a = name("a@host");
  const auto b = name("b@host");
  CHECK(decide(relation::none, a, b) == arrival::ok);
  CHECK(decide(relation::connecting, a, b) == arrival::ok_simultaneous);
  CHECK(decide(relation::connecting, b, a) == arrival::nok);
  CHECK(decide(relation::connected, a, b) == arrival::alive);

  pair beaten; // a connects to b, which is greater and connects to a
  beaten.of_b.answer = decide(relation::connecting, b, a);
  beaten.run();
  require_refusals(beaten, handshake_failure::simultaneous,
                   handshake_failure::simultaneous);

  pair winning;
  winning.of_b.answer = arrival::ok_simultaneous;
  winning.run();
  require_both(winning, arrival::ok_simultaneous);
}

TEST_CASE(
    "a node that is connected already says whether the new connection replaces the old") {
  pair again;
  again.of_b.answer = arrival::alive;
  again.run(3);
  require_both(again, arrival::alive);
  CHECK(again.of_a.asked == std::vector{"alive b@host"s});

  pair mistaken;
  mistaken.of_b.answer = arrival::alive;
  mistaken.of_a.is_wanted = false;
  mistaken.run(3);
  require_refusals(mistaken, handshake_failure::connected, handshake_failure::connected);
}

TEST_CASE("the judge may turn a node away") {
  pair nodes;
  nodes.of_b.answer = arrival::not_allowed;
  nodes.run();
  require_refusals(nodes, handshake_failure::not_allowed, handshake_failure::not_allowed);
  CHECK(nodes.of_b.asked == std::vector{"a@host"s});
}

TEST_CASE("two nodes of one name are told so") {
  pair nodes(node("a@host"), node("a@host"));
  nodes.run();
  require_refusals(nodes, handshake_failure::not_allowed, handshake_failure::same_name);
}

TEST_CASE("the octets of a handshake are those of the protocol") {
  told_judge judge;
  auto a = handshake::connect(node("a@host", "secret", distribution::mandatory_in_otp_26),
                              name("b@host"), judge, known);
  CHECK(
      a.begin().output
      == octets({0, 21, 'N', 0, 0, 0, 4, 3, 7, 0x0f, 0x94, 0x11, 0x11, 0x11, 0x11, 0, 6})
             + "a@host");
  CHECK(a.state() == handshake_state::awaiting_status);
  CHECK(a.feed(packet("sok")).output.empty());
  const auto reply = a.feed(
      packet(octets({'N', 0, 0, 0, 4, 3, 7, 0x0f, 0x94, 0, 0, 0, 7, 0, 0, 0, 9, 0, 6})
             + "b@hostand more"));
  const auto answer = distribution::digest_of("secret", 7);
  CHECK(reply.output
        == packet(octets({'r', 0, 0, 0x30, 0x39})
                  + std::string(answer.data(), answer.size())));
  const auto theirs = distribution::digest_of("secret", 12'345);
  const auto message = packet("a" + std::string(theirs.data(), theirs.size())) + "behind";
  const auto last = a.feed(message);
  REQUIRE(last.success());
  CHECK(last.success()->peer.creation == 9);
  CHECK(last.rest == "behind");
  CHECK(a.state() == handshake_state::established);
  CHECK(a.feed("later").rest == "later");
}

TEST_CASE("the digest is MD5 of the cookie and the challenge in decimal digits") {
  const auto digest = distribution::digest_of("secret", 12'345);
  // printf secret12345 | md5sum
  CHECK(std::string(digest.data(), digest.size())
        == octets({0xd4, 0x04, 0x7d, 0x3e, 0x56, 0xe6, 0xd6, 0xd6, 0x3f, 0x7d, 0x16, 0xb8,
                   0x5c, 0xd2, 0xfa, 0x88}));
}

TEST_CASE(
    "a node that begins with the old name sends the rest of it after the challenge") {
  told_judge judge;
  auto b = handshake::accept(node("b@host"), judge, known);
  const auto answer =
      b.feed(packet(octets({'n', 0, 5, 3, 7, 0x0f, 0x94}) + "old@host")).output;
  CHECK(answer.substr(0, 5) == packet("sok"));
  CHECK(b.state() == handshake_state::awaiting_complement);
  CHECK(b.feed(packet(octets({'c', 0, 0, 0, 4, 0, 0, 0, 77}))).output.empty());
  const auto digest = distribution::digest_of("secret", 12'345);
  const auto last = b.feed(
      packet(octets({'r', 0, 0, 0, 1}) + std::string(digest.data(), digest.size())));
  REQUIRE(last.success());
  CHECK(last.success()->peer.creation == 77);
  CHECK(last.success()->agreed == distribution::mandatory_in_otp_26);
}

TEST_CASE("a node of before OTP 24 is refused once it has sent all of its flags") {
  told_judge judge;
  auto b = handshake::accept(node("b@host"), judge);
  static_cast<void>(b.feed(packet(octets({'n', 0, 5, 3, 7, 0x0f, 0x94}) + "old@host")));
  const auto last = b.feed(packet(octets({'c', 0, 0, 0, 0, 0, 0, 0, 77})));
  REQUIRE(last.refusal());
  CHECK(last.refusal()->reason == handshake_failure::missing_flags);
  CHECK(last.refusal()->text == "old@host lacks V4_NC");
}

TEST_CASE("a state accepts its own messages and no others") {
  using distribution::accepted;
  const std::string tags = "nNscrax\0";
  const auto count = [&](handshake_state state) {
    return std::count_if(tags.begin(), tags.end(),
                         [&](char tag) { return accepted(state, tag).has_value(); });
  };
  CHECK(count(handshake_state::starting) == 0);
  CHECK(count(handshake_state::awaiting_name) == 2);
  CHECK(count(handshake_state::awaiting_challenge) == 2);
  CHECK(count(handshake_state::awaiting_status) == 1);
  CHECK(count(handshake_state::awaiting_reply) == 1);
  CHECK(count(handshake_state::established) == 0);
  CHECK(count(handshake_state::refused) == 0);
}
