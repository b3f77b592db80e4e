// The splitter on streams cut at every position, and on lengths that lie.

#include "websock/runtime/distribution/wire/packet_splitter.hpp"

#include "websock/runtime/distribution/etf/malformed.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/wire/wire_octets.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace websock::runtime::distribution;
using namespace websock::runtime;
using tests::framed;

namespace {

constexpr std::size_t limit = std::size_t{16} << 20U;

std::vector<std::string> taken(packet_splitter& splitter) {
  std::vector<std::string> packets;
  while (const auto packet = splitter.next())
    packets.emplace_back(*packet);
  return packets;
}

// As a socket does it.
void receive(packet_splitter& splitter, std::string_view octets) {
  while (!octets.empty()) {
    const auto room = splitter.room();
    REQUIRE(!room.empty());
    const auto count = std::min(room.size(), octets.size());
    std::copy_n(octets.begin(), count, room.begin());
    splitter.received(count);
    octets.remove_prefix(count);
  }
}

} // namespace

TEST_CASE("packets come whole wherever the stream is cut", "[erl_dist_protocol]") {
  const std::vector<std::string> packets{"one", "", "three", std::string(300, 'x'), ""};
  std::string stream;
  for (const auto& each : packets)
    stream += framed(each);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    packet_splitter splitter{limit};
    receive(splitter, std::string_view{stream}.substr(0, cut));
    auto found = taken(splitter);
    receive(splitter, std::string_view{stream}.substr(cut));
    const auto more = taken(splitter);
    found.insert(found.end(), more.begin(), more.end());
    REQUIRE(found == packets);
    REQUIRE(splitter.held() == 0);
  }
}

TEST_CASE("packets come whole octet by octet", "[erl_dist_protocol]") {
  packet_splitter splitter{limit};
  std::vector<std::string> found;
  for (const char each : framed("a") + framed("") + framed("bc")) {
    receive(splitter, {&each, 1});
    const auto more = taken(splitter);
    found.insert(found.end(), more.begin(), more.end());
  }
  CHECK(found == std::vector<std::string>{"a", "", "bc"});
}

TEST_CASE("an empty packet is a tick", "[erl_dist_protocol]") {
  packet_splitter splitter{limit};
  splitter.append(std::string(4, '\0'));
  const auto tick = splitter.next();
  REQUIRE(tick);
  CHECK(tick->empty());
  CHECK(!splitter.next());
}

TEST_CASE("a length above the limit is refused before memory is taken") {
  packet_splitter splitter{1000};
  splitter.append(tests::unhex("00 00 03 e8"));
  CHECK(!splitter.next());
  const auto before = splitter.capacity();
  packet_splitter other{1000};
  other.append(tests::unhex("00 00 03 e9"));
  CHECK_THROWS_AS(other.next(), etf::malformed);
  packet_splitter most{1000};
  most.append(tests::unhex("ff ff ff ff"));
  CHECK_THROWS_AS(most.next(), etf::malformed);
  CHECK(most.capacity() == before);
}

TEST_CASE("memory follows what arrives and not what a length claims") {
  packet_splitter splitter{limit};
  splitter.append(tests::unhex("01 00 00 00"));
  CHECK(!splitter.next());
  CHECK(splitter.room().size() < std::size_t{256} * 1024);
  receive(splitter, std::string(500'000, 'x'));
  CHECK(!splitter.next());
  CHECK(splitter.capacity() <= std::size_t{1024} * 1024);
}

TEST_CASE("a large packet gives its memory back") {
  packet_splitter splitter{limit};
  const std::string large(5'000'000, 'x');
  receive(splitter, framed(large) + framed("small"));
  REQUIRE(splitter.next() == large);
  REQUIRE(splitter.next() == "small");
  CHECK(splitter.room().size() >= 4096);
  CHECK(splitter.capacity() <= std::size_t{128} * 1024);
}

TEST_CASE("a stream of many packets needs no more memory than a few") {
  packet_splitter splitter{limit};
  std::size_t count = 0;
  std::string stream;
  for (int i = 0; i < 1000; ++i)
    stream += framed(std::string(static_cast<std::size_t>(i) % 700, 'x'));
  for (std::size_t at = 0; at < stream.size(); at += 1234) {
    receive(splitter, std::string_view{stream}.substr(at, 1234));
    count += taken(splitter).size();
  }
  CHECK(count == 1000);
  CHECK(splitter.capacity() <= std::size_t{128} * 1024);
}
