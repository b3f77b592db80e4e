// Peers that lie, guess, dribble or talk without end.
#include "websock/runtime/distribution/handshake/handshake.hpp"
#include "websock/runtime/distribution/handshake/octets.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/handshake/handshake_ends.hpp"

using namespace tests;
using namespace std::string_literals;
using distribution::capabilities;
using distribution::capability;
using distribution::handshake;
using distribution::handshake_failure;
using distribution::handshake_state;

namespace {

constexpr auto good_flags = distribution::mandatory_in_otp_26.bits();

std::string name_packet(std::string_view called, std::uint64_t flags = good_flags) {
  std::string message = "N";
  distribution::detail::put(message, flags);
  distribution::detail::put(message, std::uint32_t{1});
  distribution::detail::put(message, static_cast<std::uint16_t>(called.size()));
  return packet(message.append(called));
}

std::string challenge_packet(std::string_view called, std::uint32_t challenge,
                             std::uint64_t flags = good_flags) {
  std::string message = "N";
  distribution::detail::put(message, flags);
  distribution::detail::put(message, challenge);
  distribution::detail::put(message, std::uint32_t{1});
  distribution::detail::put(message, static_cast<std::uint16_t>(called.size()));
  return packet(message.append(called));
}

std::string reply_packet(std::string_view cookie, std::uint32_t challenge) {
  const auto digest = distribution::digest_of(cookie, challenge);
  return packet("r\0\0\0\1"s + std::string(digest.data(), digest.size()));
}

std::uint32_t seven() {
  return 7;
}

/// What an accepting end makes of octets.
struct accepting {
  told_judge judge;
  handshake b =
      handshake::accept(node("b@host"), judge, {std::size_t{64} << 10U, &seven});
  end_of_handshake from_b{b, {}, {}, {}, {}};

  accepting& hears(std::string_view octets) {
    from_b.take(b.feed(octets));
    return *this;
  }
  void refuses(handshake_failure reason) const {
    REQUIRE(from_b.refusal);
    CHECK(from_b.refusal->reason == reason);
    CHECK_FALSE(from_b.success);
  }
};

/// What a connecting end makes of octets.
struct connecting {
  told_judge judge;
  handshake a;
  end_of_handshake from_a{a, {}, {}, {}, {}};

  explicit connecting(std::uint32_t (*challenges)() = &seven)
      : a(handshake::connect(node("a@host"), name("b@host"), judge,
                             {std::size_t{64} << 10U, challenges})) {
    from_a.take(a.begin());
  }
  connecting& hears(std::string_view octets) {
    from_a.take(a.feed(octets));
    return *this;
  }
  void refuses(handshake_failure reason) const {
    REQUIRE(from_a.refusal);
    CHECK(from_a.refusal->reason == reason);
    CHECK_FALSE(from_a.success);
  }
};

} // namespace

TEST_CASE("a stranger without the cookie hears nothing after its reply") {
  accepting end;
  end.hears(name_packet("a@host"));
  const auto before = end.from_b.said;
  end.hears(reply_packet("guess", 7)).refuses(handshake_failure::wrong_cookie);
  CHECK(end.from_b.said == before);
  CHECK(end.from_b.refusal->text.find("secret") == std::string::npos);
}

TEST_CASE("a reply recorded from another handshake is worth nothing") {
  accepting end;
  end.hears(name_packet("a@host"));
  end.hears(reply_packet("secret", 6)).refuses(handshake_failure::wrong_cookie);
}

TEST_CASE("our own digest does not serve a peer as its acknowledgement") {
  static std::uint32_t next = 0;
  next = 40;
  connecting end(+[] { return ++next; });
  end.hears(packet("sok") + challenge_packet("b@host", 41)); // what we would have drawn
  const auto mine = end.from_a.said.substr(end.from_a.said.size() - 16);
  CHECK(next == 42);
  end.hears(packet("a" + mine)).refuses(handshake_failure::wrong_cookie);
}

TEST_CASE(
    "a length that lies is refused at the limit, without memory for what it claims") {
  told_judge judge;
  auto b = handshake::accept(node("b@host"), judge, {100, &seven});
  const auto step = b.feed(octets({0, 99}));
  REQUIRE(step.refusal());
  CHECK(step.refusal()->reason == handshake_failure::too_long);

  accepting largest; // 65,535 octets and their length are more than 64 KiB
  largest.hears(octets({0xff, 0xff})).refuses(handshake_failure::too_long);
}

TEST_CASE("octets without end are refused at 64 KiB") {
  accepting dribbling;
  dribbling.hears(octets({0xff, 0xf0, 'N'}));
  std::size_t sent = 3;
  while (!dribbling.from_b.refusal && sent < 100'000) {
    dribbling.hears("x");
    ++sent;
  }
  CHECK(sent <= std::size_t{64} << 10U);
  dribbling.refuses(handshake_failure::bad_name);

  accepting alive; // many messages, each of them whole
  alive.judge.answer = distribution::arrival::alive;
  alive.hears(name_packet("a@host" + std::string(200, 'x')));
  alive.hears(packet("strue") + packet("r" + std::string(65'000, 'x')));
  alive.refuses(handshake_failure::malformed);
}

TEST_CASE("messages that add up to more than the limit are refused") {
  told_judge judge;
  auto b = handshake::accept(node("b@host"), judge, {60, &seven});
  CHECK_FALSE(b.feed(name_packet("a@host")).refusal());
  const auto step = b.feed(octets({0, 36}));
  REQUIRE(step.refusal());
  CHECK(step.refusal()->reason == handshake_failure::too_long);
}

TEST_CASE("a message at the wrong time, of no kind or without octets is refused") {
  const auto wrong = GENERATE(as<std::string>{}, "", "x", "r", "sok", "a", "c");
  accepting end;
  end.hears(packet(wrong)).refuses(handshake_failure::unexpected);
  CHECK(end.from_b.said.empty());
}

TEST_CASE("a name cut anywhere is refused") {
  const auto whole = name_packet("a@host").substr(2);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    accepting end;
    end.hears(packet(whole.substr(0, size))).refuses(handshake_failure::malformed);
    CHECK(end.judge.asked.empty());
  }
}

TEST_CASE("a challenge, a reply or an acknowledgement cut anywhere is refused") {
  const auto whole = challenge_packet("b@host", 3).substr(2);
  for (std::size_t size = 1; size < whole.size(); ++size)
    connecting()
        .hears(packet("sok") + packet(whole.substr(0, size)))
        .refuses(handshake_failure::malformed);
  for (std::size_t size = 0; size < 20; ++size) {
    accepting end;
    end.hears(name_packet("a@host") + packet("r" + std::string(size, 'x')))
        .refuses(handshake_failure::malformed);
  }
  for (const std::size_t size : {0U, 15U, 17U})
    connecting()
        .hears(packet("sok") + challenge_packet("b@host", 3)
               + packet("a" + std::string(size, 'x')))
        .refuses(handshake_failure::malformed);
}

TEST_CASE("a peer that lacks a mandatory flag is told that it is not allowed, and we say "
          "which") {
  for (std::uint64_t bit = 1; bit != 0; bit <<= 1U) {
    if ((good_flags & bit) == 0)
      continue;
    accepting end;
    end.hears(name_packet("a@host", good_flags & ~bit))
        .refuses(handshake_failure::missing_flags);
    CHECK(end.from_b.said == packet("snot_allowed"));
    CHECK(end.from_b.refusal->text == "a@host lacks " + to_string(capabilities(bit)));
    CHECK(end.judge.asked.empty());

    connecting other;
    other.hears(packet("sok") + challenge_packet("b@host", 3, good_flags & ~bit))
        .refuses(handshake_failure::missing_flags);
  }
}

TEST_CASE("one flag stands for all that are mandatory in OTP 25") {
  accepting end;
  const capabilities few{capability::mandatory_25_digest, capability::v4_nc,
                         capability::unlink_id};
  end.hears(name_packet("a@host", few.bits())).hears(reply_packet("secret", 7));
  REQUIRE(end.from_b.success);
  CHECK(end.from_b.success->agreed == distribution::mandatory_in_otp_27);
}

TEST_CASE("nodes of version 5 are refused") {
  accepting old_name;
  old_name.hears(packet(octets({'n', 0, 5, 0, 7, 0x0f, 0x94}) + "a@host"))
      .refuses(handshake_failure::version);
  accepting no_version;
  no_version.hears(packet(octets({'n', 0, 6, 3, 7, 0x0f, 0x94}) + "a@host"))
      .refuses(handshake_failure::malformed);
  connecting old_challenge;
  old_challenge
      .hears(packet("sok")
             + packet(octets({'n', 0, 5, 0, 7, 0x0f, 0x94, 0, 0, 0, 1}) + "b@host"))
      .refuses(handshake_failure::version);
}

TEST_CASE("names that are none, and requests for one, are refused") {
  const auto wrong =
      GENERATE(as<std::string>{}, "", "a", "@host", "a@", "a b@host", "a@ho\nst", "a@b@c",
               "\xff@host", std::string(250, 'a').append("@host2"));
  accepting end;
  end.hears(name_packet(wrong)).refuses(handshake_failure::bad_name);
  CHECK(end.from_b.said == packet("snot_allowed"));

  accepting dynamic;
  dynamic
      .hears(name_packet("host", good_flags | capabilities{capability::name_me}.bits()))
      .refuses(handshake_failure::dynamic_name);
}

TEST_CASE("statuses that do not go on are refused") {
  connecting().hears(packet("snok")).refuses(handshake_failure::simultaneous);
  connecting().hears(packet("snot_allowed")).refuses(handshake_failure::not_allowed);
  connecting()
      .hears(packet("snamed:\0\1x\0\0\0\1"s))
      .refuses(handshake_failure::dynamic_name);
  connecting().hears(packet("s")).refuses(handshake_failure::malformed);
  connecting().hears(packet("sokay")).refuses(handshake_failure::malformed);
}

TEST_CASE("a node that answers under another name is refused") {
  connecting end;
  end.hears(packet("sok") + challenge_packet("c@host", 3))
      .refuses(handshake_failure::other_name);
  CHECK(end.from_a.refusal->text == "b@host was called, and c@host answers");
  connecting()
      .hears(packet("sok") + challenge_packet("\x1b[2J", 3))
      .refuses(handshake_failure::other_name);
}

TEST_CASE(
    "what follows a refusal is left alone, and the end of the stream changes nothing") {
  accepting end;
  end.hears(packet("x") + "more");
  CHECK(end.from_b.heard_behind == "more");
  end.hears(name_packet("a@host")).refuses(handshake_failure::unexpected);
  end.from_b.take(end.b.end_of_stream());
  end.refuses(handshake_failure::unexpected);
}

TEST_CASE("a stream that ends early is told from a wrong cookie") {
  accepting end;
  end.hears(name_packet("a@host"));
  end.from_b.take(end.b.end_of_stream());
  end.refuses(handshake_failure::closed);
  CHECK(end.from_b.refusal->text == "a@host closed before the handshake was over");
}
