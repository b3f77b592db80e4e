// Distribution headers and the atom cache, on literal octets.

#include "websock/runtime/distribution/wire/packet_header.hpp"

#include "websock/runtime/distribution/etf/malformed.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/wire/wire_octets.hpp"

#include <string>
#include <vector>

using namespace websock::runtime::distribution;
using namespace websock::runtime;
using tests::unhex;

namespace {

struct peer {
  atom_cache cache;
  atom_references references{cache};

  packet_header read(std::string_view octets) {
    return read_header(octets, cache, references);
  }

  std::vector<std::string> atoms() const {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < references.count(); ++i)
      found.emplace_back(*references.find(static_cast<std::uint8_t>(i)));
    return found;
  }
};

using names = std::vector<std::string>;

// Two new atoms, in entries 0x305 and 0x010: "reg" and "call".
const std::string two_atoms = unhex("83 44 02 8b 00 05 03 726567 10 04 63616c6c");

} // namespace

TEST_CASE("a header without references leaves the terms", "[erl_ext_dist]") {
  peer from;
  const std::string packet = unhex("83 44 00 68 01");
  const auto header = from.read(packet);
  CHECK(header.form == packet_form::whole);
  CHECK(header.rest == unhex("68 01"));
  CHECK(from.atoms().empty());
  CHECK(!from.references.find(0));
}

TEST_CASE("new atoms are kept and referred to in later packets", "[erl_ext_dist]") {
  peer from;
  CHECK(from.read(two_atoms + "rest").rest == "rest");
  CHECK(from.atoms() == names{"reg", "call"});
  CHECK(from.read(unhex("83 44 01 00 10")).rest.empty());
  CHECK(from.atoms() == names{"call"});
}

TEST_CASE("an entry means the atom that was put there last", "[erl_ext_dist]") {
  peer from;
  (void)from.read(unhex("83 44 01 08 07 01 61"));
  (void)from.read(unhex("83 44 01 08 07 01 62"));
  (void)from.read(unhex("83 44 01 00 07"));
  CHECK(from.atoms() == names{"b"});
}

TEST_CASE("segments are apart, and the flags of odd references are the high half",
          "[erl_ext_dist]") {
  peer from;
  (void)from.read(unhex("83 44 03 98 0f 01 01 61 01 01 62 01 01 63"));
  CHECK(from.atoms() == names{"a", "b", "c"});
  (void)from.read(unhex("83 44 03 01 07 01 01 01"));
  CHECK(from.atoms() == names{"b", "a", "c"});
}

TEST_CASE("long atoms have lengths of two octets", "[erl_ext_dist]") {
  peer from;
  (void)from.read(unhex("83 44 01 18 01 0004 61626364"));
  CHECK(from.atoms() == names{"abcd"});
  std::string longest;
  for (int i = 0; i < 255; ++i)
    longest += "\xF0\x90\x8D\x88";
  (void)from.read(unhex("83 44 02 88 01 02 0001 61 03 03fc") + longest);
  CHECK(from.atoms() == names{"a", longest});
  CHECK_THROWS_AS(from.read(unhex("83 44 01 18 01 0400") + longest + "\xF0\x90\x8D\x88"),
                  etf::malformed);
}

TEST_CASE("the empty atom can be in the cache", "[erl_ext_dist]") {
  peer from;
  (void)from.read(unhex("83 44 01 08 07 00"));
  (void)from.read(unhex("83 44 01 00 07"));
  CHECK(from.atoms() == names{""});
}

TEST_CASE("255 references are the most", "[erl_ext_dist]") {
  peer from;
  std::string packet = unhex("83 44 ff");
  packet.append(127, '\x88');
  packet += '\x08'; // the last reference's flags, and no long atoms
  for (int i = 0; i < 255; ++i) {
    packet += static_cast<char>(i);
    packet += "\x01z";
  }
  CHECK(from.read(packet + "rest").rest == "rest");
  CHECK(from.references.count() == 255);
  CHECK(from.references.find(254) == "z");
}

TEST_CASE("a header that ends too early is refused at every octet", "[erl_ext_dist]") {
  for (const auto& whole :
       {two_atoms, unhex("83 45 0000000000000001 0000000000000002 01 08 01 01 61"),
        unhex("83 46 0000000000000001 0000000000000002")})
    for (std::size_t size = 0; size < whole.size(); ++size) {
      peer from;
      CHECK_THROWS_AS(from.read(whole.substr(0, size)), etf::malformed);
    }
}

TEST_CASE("headers that lie are refused", "[erl_ext_dist]") {
  const auto* octets =
      GENERATE("00",                               // no version
               "84 44 00",                         //
               "83 43 00", "83 50 00",             // no such type
               "83 44 01 00 07",                   // an entry that nothing was put into
               "83 44 01 08 07 02 c3 28",          // no UTF-8
               "83 44 02 88 00 07 01 61 07 01 62", // one entry twice, which one is meant?
               "83 45 0000000000000001 0000000000000000 00", // fragments count down to 1
               "83 46 0000000000000001 0000000000000000");
  peer from;
  CHECK_THROWS_AS(from.read(unhex(octets)), etf::malformed);
}

TEST_CASE("fragments say their sequence and number", "[erl_ext_dist]") {
  peer from;
  const std::string first =
      unhex("83 45 0000 02a8 0000 0553 0000000000000002 01 08 01 01 61 ff");
  auto header = from.read(first);
  CHECK(header.form == packet_form::first_fragment);
  CHECK(header.sequence == 0x2a8'0000'0553);
  CHECK(header.fragment == 2);
  CHECK(header.rest == "\xff");
  const std::string next = unhex("83 46 0000 02a8 0000 0553 0000000000000001 fe");
  header = from.read(next);
  CHECK(header.form == packet_form::next_fragment);
  CHECK(header.fragment == 1);
  CHECK(header.rest == "\xfe");
  CHECK(from.atoms() == names{"a"});
}

TEST_CASE("what is written is read as the same", "[erl_ext_dist]") {
  peer from;
  std::string out;
  append_first_fragment(out, 5, 9);
  auto header = from.read(out);
  CHECK((header.form == packet_form::first_fragment && header.sequence == 5
         && header.fragment == 9 && header.rest.empty()));
  out.clear();
  append_next_fragment(out, 5, 8);
  header = from.read(out);
  CHECK((header.form == packet_form::next_fragment && header.sequence == 5
         && header.fragment == 8));
  out.clear();
  append_whole(out);
  CHECK(from.read(out).form == packet_form::whole);
  out.clear();
  append_pass_through(out);
  CHECK(from.read(out).form == packet_form::pass_through);
}
