// Packets: written for each kind of peer, and read again.

#include "websock/runtime/distribution/wire/packet_writer.hpp"

#include "websock/runtime/distribution/etf/writer.hpp"
#include "websock/runtime/distribution/wire/packet_length.hpp"
#include "websock/runtime/distribution/wire/packet_splitter.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/wire/describe.hpp"
#include "tests/distribution/wire/wire_octets.hpp"

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace websock::runtime::distribution;
using namespace websock::runtime;
using tests::unhex;

namespace {

constexpr pid_view here{"a@h", 1, 0, 1};
constexpr pid_view there{"b@h", 2, 0, 1};

const dialect pass_through{.framing = packet_framing::pass_through,
                           .reasons = reason_place::control,
                           .senders = sender_of_send::omitted,
                           .fragments = fragments::unknown};

// Everything that a peer reads in a stream; ticks are empty.
std::vector<std::string> read_all(std::string_view stream) {
  packet_splitter splitter{std::size_t{1} << 24U};
  packet_decoder decoder;
  splitter.append(stream);
  std::vector<std::string> found;
  while (const auto packet = splitter.next())
    if (const auto message = decoder.read(*packet))
      found.push_back(tests::described(*message));
    else if (packet->empty())
      found.emplace_back();
  return found;
}

std::string atom_term(std::string_view name) {
  std::string out;
  etf::writer(out).atom(name);
  return out;
}

std::string binary_term(std::size_t size) {
  std::string out;
  etf::writer(out).binary(std::string(size, 'x'));
  return out;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("packets are written for each kind of peer and read again") {
  const dialect peer =
      GENERATE(dialect{}, pass_through, dialect{.reasons = reason_place::control},
               dialect{.framing = packet_framing::pass_through});
  packet_writer writer{peer};
  std::string out;
  writer.write(out, control::reg_send{here, "name"}, atom_term("hello"));
  append_tick(out);
  writer.write(out, control::link{here, there});
  writer.write(out, control::exit{here, there}, atom_term("reason"));
  CHECK(read_all(out)
        == lines{"reg_send <a@h.1.0> name: hello", "", "link <a@h.1.0> <b@h.2.0>",
                 "exit <a@h.1.0> <b@h.2.0>: reason"});
}

TEST_CASE("packets have the octets of the protocol", "[erl_dist_protocol]") {
  std::string out;
  packet_writer{{}}.write(out, control::send_sender{here, there}, unhex("6a"));
  CHECK(out
        == unhex("0000002c 83 44 00 68 03 61 16  58 77 03") + "a@h"
               + unhex("00000001 00000000 00000001 58 77 03") + "b@h"
               + unhex("00000002 00000000 00000001 6a"));
  out.clear();
  packet_writer{pass_through}.write(out, control::send{there}, unhex("6a"));
  CHECK(out
        == unhex("0000001c 70 83 68 03 61 02 77 00 58 77 03") + "b@h"
               + unhex("00000002 00000000 00000001 83 6a"));
}

TEST_CASE("a payload is written straight into the output") {
  packet_writer writer{{}};
  std::string out = "before";
  const auto packet = writer.begin(out, control::send_sender{here, there});
  etf::writer terms(out);
  terms.tuple(2);
  terms.atom("said");
  terms.integer(1);
  CHECK(!writer.end(out, packet));
  CHECK(read_all(out.substr(6)) == lines{"send_sender <a@h.1.0> <b@h.2.0>: {said,1}"});
}

TEST_CASE("a packet is dropped by taking the output back") {
  packet_writer writer{{}};
  std::string out = "before";
  const auto packet = writer.begin(out, control::send_sender{here, there});
  out += "half a payload";
  out.resize(packet.begin);
  CHECK(out == "before");
  CHECK_THROWS_AS(writer.begin(out, control::reg_send{here, "\xff"}),
                  std::invalid_argument);
  CHECK(out == "before");
}

TEST_CASE("a large payload becomes fragments between which others pass") {
  packet_writer writer{{}};
  std::string out;
  const auto packet = writer.begin(out, control::send_sender{here, there});
  out += binary_term(200'000);
  auto large = writer.end(out, packet);
  REQUIRE(large);
  CHECK(out.empty());
  auto other =
      writer.in_fragments(control::send_sender{there, here},
                          std::make_shared<const std::string>(binary_term(70'000)));
  std::size_t packets = 0;
  while (!large->is_done()) {
    large->append_next(out);
    if (!other.is_done())
      other.append_next(out);
    writer.write(out, control::link{here, there});
    ++packets;
  }
  CHECK(packets == 13);
  const auto found = read_all(out);
  REQUIRE(found.size() == 15);
  CHECK(found[0] == "link <a@h.1.0> <b@h.2.0>");
  CHECK(found[4].starts_with("send_sender <b@h.2.0> <a@h.1.0>: <<"));
  CHECK(found[13].starts_with("send_sender <a@h.1.0> <b@h.2.0>: <<"));
}

TEST_CASE("a large payload stays one packet for a peer without fragments") {
  packet_writer writer{{.fragments = fragments::unknown}};
  std::string out;
  const auto packet = writer.begin(out, control::send_sender{here, there});
  out += binary_term(200'000);
  CHECK(!writer.end(out, packet));
  CHECK(read_all(out).size() == 1);
}
