// Envelopes between nodes: there and back, and what is none.
#include "websock/runtime/redis/envelope.hpp"

#include "websock/runtime/address/not_transmissible.hpp"
#include "websock/runtime/distribution/etf/malformed.hpp"
#include "websock/runtime/redis/closed_identities.hpp"

#include "tests/catch.hpp"

#include <cstdint>

using namespace websock::runtime;
using namespace websock::runtime::redis;

namespace {

const sender_mark from_ada{"ada", 0xFFFF'FFFF'FFFF, 17};

[[nodiscard]] std::string published(const term& message, std::string_view to = {}) {
  const auto ids = std::make_shared<closed_identities>();
  return write_envelope(from_ada, write_publication(to, "news", message, *ids, {}));
}

} // namespace

TEST_CASE("a publication arrives as what it was") {
  const auto octets = published(term(std::string("hello"), 7), "bob");
  const auto read = read_envelope(octets, {});
  CHECK(read.from.node == "ada");
  CHECK(read.from.epoch == from_ada.epoch);
  CHECK(read.from.sequence == 17);
  const auto& what = std::get<heard_publication>(read.what);
  CHECK(what.to == "bob");
  CHECK(what.topic == "news");
  const auto ids = std::make_shared<closed_identities>();
  const auto message = read_message(what, *ids, {});
  int heard = 0;
  message.match([&](const std::string& text, int number) {
    CHECK(text == "hello");
    heard = number;
  });
  CHECK(heard == 7);
}

TEST_CASE("a beat and a last word have a number and no message") {
  const auto beat = write_envelope(from_ada, write_beat());
  CHECK(std::holds_alternative<heard_beat>(read_envelope(beat, {}).what));
  const auto leave = write_envelope(from_ada, write_leave());
  CHECK(std::holds_alternative<heard_leave>(read_envelope(leave, {}).what));
  CHECK(read_envelope(leave, {}).from.sequence == 17);
}

TEST_CASE("what later versions say within this one is passed over") {
  const auto later = write_envelope(from_ada, "\x77\x05later");
  CHECK(std::holds_alternative<std::monostate>(read_envelope(later, {}).what));
  const auto nothing = write_envelope(from_ada, "\x6A");
  CHECK(std::holds_alternative<std::monostate>(read_envelope(nothing, {}).what));
}

TEST_CASE("a marker has a number of its own, and no negative one") {
  const auto marker = write_envelope(from_ada, write_marker(300));
  CHECK(std::get<heard_marker>(read_envelope(marker, {}).what).id == 300);
  const auto negative = write_envelope(from_ada, "\x62\xFF\xFF\xFF\xFF");
  CHECK_THROWS_AS(read_envelope(negative, {}), etf::malformed);
}

TEST_CASE("an envelope that is cut short or changed is refused or read, never worse") {
  const auto octets = published(term(std::string("hello"), 7));
  for (std::size_t i = 0; i < octets.size(); ++i)
    CHECK_THROWS_AS(read_envelope(octets.substr(0, i), {}), etf::malformed);
  for (std::size_t i = 0; i < octets.size(); ++i)
    for (int other = 0; other < 256; ++other) {
      auto changed = octets;
      changed[i] = static_cast<char>(other);
      try {
        static_cast<void>(read_envelope(changed, {}));
      } catch (const etf::malformed&) {
      }
    }
  CHECK_THROWS_AS(read_envelope(octets + "x", {}), etf::malformed);
  CHECK_THROWS_AS(read_envelope("", {}), etf::malformed);
  CHECK_THROWS_AS(read_envelope("{\"event\": 1}", {}), etf::malformed);
  CHECK_THROWS_AS(read_envelope(write_envelope({"", 1, 1}, write_beat()), {}),
                  etf::malformed);
  CHECK_THROWS_AS(
      read_envelope(write_envelope({std::string(256, 'x'), 1, 1}, write_beat()), {}),
      etf::malformed);
}

TEST_CASE("a message that cannot cross is refused before it is published") {
  struct unregistered {
    int value;
  };
  CHECK_THROWS_AS(published(term(unregistered{1})), not_transmissible);
  CHECK_THROWS_AS(published(term(reference(1))), not_transmissible);
  const auto ids = std::make_shared<closed_identities>();
  etf::limits small;
  small.octets = 1'024;
  CHECK_THROWS_AS(
      write_publication({}, "news", term(std::string(1'000, 'x')), *ids, small),
      not_transmissible);
}
