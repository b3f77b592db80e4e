// Fragments: put together in order, within limits, and handed out one by one.

#include "websock/runtime/distribution/wire/fragment_assembler.hpp"

#include "websock/runtime/distribution/etf/malformed.hpp"
#include "websock/runtime/distribution/wire/fragmenter.hpp"
#include "websock/runtime/distribution/wire/packet_header.hpp"
#include "websock/runtime/distribution/wire/packet_splitter.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace websock::runtime::distribution;
using namespace websock::runtime;

namespace {

struct peer {
  atom_cache cache;
  atom_references references{cache};
};

std::vector<std::string> packets_of(fragmenter from) {
  packet_splitter splitter{1U << 20U};
  std::vector<std::string> packets;
  while (!from.is_done()) {
    std::string out;
    from.append_next(out);
    splitter.append(out);
    packets.emplace_back(*splitter.next());
    REQUIRE(splitter.held() == 0);
  }
  return packets;
}

std::shared_ptr<const std::string> shared(std::string octets) {
  return std::make_shared<const std::string>(std::move(octets));
}

} // namespace

TEST_CASE("fragments become the whole at the last one", "[erl_ext_dist]") {
  peer from;
  fragment_assembler assembler{{}};
  assembler.begin(7, 3, "one ", from.references);
  CHECK(!assembler.add(7, 2, "two "));
  CHECK(assembler.held() == 8);
  const auto whole = assembler.add(7, 1, "three");
  REQUIRE(whole);
  CHECK(whole->octets == "one two three");
  CHECK(assembler.held() == 0);
  CHECK(assembler.unfinished() == 0);
}

TEST_CASE("sequences interleave, and a number is free again at its end",
          "[erl_ext_dist]") {
  peer from;
  fragment_assembler assembler{{}};
  assembler.begin(1, 2, "a", from.references);
  assembler.begin(2, 2, "x", from.references);
  CHECK(assembler.add(2, 1, "y")->octets == "xy");
  assembler.begin(2, 2, "v", from.references);
  CHECK(assembler.add(1, 1, "b")->octets == "ab");
  CHECK(assembler.add(2, 1, "w")->octets == "vw");
}

TEST_CASE("a sequence keeps its atoms while the cache goes on", "[erl_ext_dist]") {
  peer from;
  from.cache.put(3, "first");
  from.cache.put(4, "");
  from.references.add(3);
  from.references.add(4);
  fragment_assembler assembler{{}};
  assembler.begin(1, 2, "", from.references);
  from.cache.put(3, "changed");
  const auto whole = assembler.add(1, 1, "");
  CHECK(whole->atoms.find(0) == "first");
  CHECK(whole->atoms.find(1) == "");
  CHECK(!whole->atoms.find(2));
}

TEST_CASE("fragments out of order and of no sequence are refused", "[erl_ext_dist]") {
  peer from;
  fragment_assembler assembler{{}};
  CHECK_THROWS_AS(assembler.add(1, 1, "x"), etf::malformed);
  assembler.begin(1, 4, "x", from.references);
  CHECK_THROWS_AS(assembler.begin(1, 4, "x", from.references), etf::malformed);
  const std::uint64_t wrong = GENERATE(1U, 2U, 4U, 5U, 0U);
  CHECK_THROWS_AS(assembler.add(1, wrong, "x"), etf::malformed);
}

TEST_CASE("unfinished sequences are bounded in number and octets") {
  peer from;
  fragment_assembler few{{.octets = 100, .sequences = 2}};
  few.begin(1, 2, "x", from.references);
  few.begin(2, 2, "x", from.references);
  CHECK_THROWS_AS(few.begin(3, 2, "x", from.references), etf::malformed);
  fragment_assembler small{{.octets = 100, .sequences = 9}};
  small.begin(1, 9, std::string(60, 'x'), from.references);
  small.begin(2, 2, std::string(30, 'x'), from.references);
  CHECK(!small.add(1, 8, std::string(10, 'x')));
  CHECK_THROWS_AS(small.add(1, 7, "x"), etf::malformed);
}

TEST_CASE("a number of fragments that nobody could send takes no memory") {
  peer from;
  fragment_assembler assembler{{.octets = 100, .sequences = 2}};
  assembler.begin(1, ~std::uint64_t{0}, "x", from.references);
  CHECK(assembler.held() == 1);
  CHECK(!assembler.add(1, ~std::uint64_t{0} - 1, "x"));
}

TEST_CASE("a fragmenter's packets become what they were made of") {
  const std::size_t size = GENERATE(0U, 1U, 9U, 10U, 11U, 20U, 21U, 95U);
  std::string payload;
  for (std::size_t i = 0; i < size; ++i)
    payload += static_cast<char>('a' + i % 26);
  const auto packets = packets_of({4, "control,", shared(payload), 10});
  CHECK(packets.size() == std::max<std::size_t>(1, (size + 9) / 10));
  peer to;
  fragment_assembler assembler{{}};
  std::string whole;
  for (const auto& each : packets) {
    const auto header = read_header(each, to.cache, to.references);
    CHECK(header.sequence == 4);
    if (packets.size() == 1)
      whole = header.rest;
    else if (header.form == packet_form::first_fragment)
      assembler.begin(4, header.fragment, header.rest, to.references);
    else if (const auto found = assembler.add(4, header.fragment, header.rest))
      whole = found->octets;
  }
  CHECK(whole == "control," + payload);
}

TEST_CASE("a fragmenter says what is left") {
  fragmenter from{1, "c", shared(std::string(25, 'x')), 10};
  std::string out;
  std::vector<std::size_t> left;
  while (!from.is_done()) {
    left.push_back(from.octets_left());
    from.append_next(out);
  }
  CHECK(left == std::vector<std::size_t>{25, 15, 5});
  CHECK(from.octets_left() == 0);
}
