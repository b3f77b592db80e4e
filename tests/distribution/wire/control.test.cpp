// Control messages: written and read again, and refused where they lie.

#include "websock/runtime/distribution/wire/control.hpp"

#include "websock/runtime/distribution/etf/malformed.hpp"
#include "websock/runtime/distribution/etf/writer.hpp"
#include "websock/runtime/distribution/wire/control_reader.hpp"
#include "websock/runtime/distribution/wire/control_writer.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/wire/describe.hpp"
#include "tests/distribution/wire/wire_octets.hpp"
#include "tests/support/allocations.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace websock::runtime::distribution;
using namespace websock::runtime;
using tests::unhex;

namespace {

// Names longer than a std::string holds without memory.
constexpr pid_view here{"here@a-host-with-a-long-name.example", 1, 2, 3};
constexpr pid_view there{"there@another-host.example", 0xFFFFFFFF, 0, 0x80000000};

reference_view some_reference() {
  reference_view found;
  found.node = "here@a-host-with-a-long-name.example";
  found.creation = 3;
  found.count = 5;
  found.words = {1, 2, 3, 4, 0xFFFFFFFF};
  return found;
}

const reference_view reference_seen = some_reference();

const std::vector<control::message>& every_message() {
  static const std::vector<control::message> all{
      control::send{there},
      control::send_sender{here, there},
      control::reg_send{here, "name"},
      control::alias_send{here, reference_seen},
      control::link{here, there},
      control::unlink{here, there},
      control::unlink_id{1, here, there},
      control::unlink_id{~std::uint64_t{0}, here, there},
      control::unlink_id_ack{255, here, there},
      control::exit{here, there},
      control::exit2{here, there},
      control::monitor_exit{here, there, reference_seen},
      control::monitor_exit{std::string_view{"name"}, there, reference_seen},
      control::monitor{here, there, reference_seen},
      control::monitor{here, std::string_view{"name"}, reference_seen},
      control::demonitor{here, there, reference_seen},
      control::group_leader{here, there},
      control::spawn_reply{reference_seen, there, 3, here},
      control::spawn_reply{reference_seen, there, 0, std::string_view{"notsup"}},
  };
  return all;
}

struct no_atoms final : etf::atom_table {
  std::optional<std::string_view> find(std::uint8_t) const noexcept override {
    return std::nullopt;
  }
};

const no_atoms none;
const etf::limits limits;

control_and_payload read(std::string_view terms) {
  return read_control({terms, none, limits}, version_octets::omitted);
}

// As it is before a packet_writer puts its payload behind.
std::string written(const control::message& what, const dialect& peer = {}) {
  std::string out;
  append_control(out, what, peer);
  return out;
}

const std::string reason_term = unhex("77 06") + "reason";

} // namespace

TEST_CASE("every control message is read as it was written", "[erl_dist_protocol]") {
  const dialect peer = GENERATE(dialect{}, dialect{.reasons = reason_place::control});
  for (const auto& what : every_message()) {
    INFO(std::visit(tests::describer{}, what));
    auto terms = written(what, peer);
    if (has_payload(what))
      terms += reason_term;
    const auto found = read(terms);
    CHECK(found.what == what);
    CHECK(found.payload == (has_payload(what) ? reason_term : ""));
  }
}

TEST_CASE("a control message that ends too early is refused at every octet",
          "[erl_dist_protocol]") {
  for (const auto& what : every_message()) {
    const auto terms = written(what);
    for (std::size_t size = 0; size < terms.size(); ++size)
      CHECK_THROWS_AS(read(std::string_view{terms}.substr(0, size)), etf::malformed);
    if (has_payload(what))
      CHECK_THROWS_AS(read(terms), etf::malformed);
  }
}

TEST_CASE("an operation with more or fewer elements is refused", "[erl_dist_protocol]") {
  for (const auto& what : every_message()) {
    auto terms = written(what);
    const char arity = terms[1];
    for (char wrong = 0; wrong < 9; ++wrong) {
      if (wrong == arity)
        continue;
      terms[1] = wrong;
      CHECK_THROWS_AS(read(terms + reason_term + reason_term + reason_term),
                      etf::malformed);
    }
  }
}

TEST_CASE("an operation that nobody knows is said to be unknown", "[erl_dist_protocol]") {
  for (const int operation : {0, 5, 9, 10, 11, 14, 15, 17, 37, 99, 255}) {
    std::string terms = unhex("68 02 61");
    terms += static_cast<char>(operation);
    terms += reason_term;
    CHECK(read(terms).what
          == control::message{control::unknown{static_cast<std::uint64_t>(operation)}});
  }
  CHECK(read(unhex("68 01 62 00 01 00 00")).what
        == control::message{control::unknown{65536}});
}

TEST_CASE("what is no control message is refused", "[erl_dist_protocol]") {
  const auto* octets = GENERATE("6a",                          // not a tuple
                                "68 00",                       // without an operation
                                "68 01 77 01 61",              // an atom for an operation
                                "68 01 62 ff ff ff ff",        // a negative one
                                "68 03 61 01 61 01 61 02",     // numbers for pids
                                "68 03 61 01 58 52 00 00",     // an atom of no table
                                "68 03 61 01 58 77 02 c3 28"); // a name without UTF-8
  CHECK_THROWS_AS(read(unhex(octets) + std::string(40, '\0')), etf::malformed);
}

TEST_CASE("an unlink with id 0 is refused", "[erl_dist_protocol]") {
  const auto terms = written(control::unlink_id{0, here, there});
  CHECK_THROWS_AS(read(terms), etf::malformed);
}

TEST_CASE("a reference of no words or six is refused", "[erl_ext_dist]") {
  auto terms = written(control::alias_send{here, reference_seen}) + reason_term;
  const auto count = terms.find(static_cast<char>(etf::tag::newer_reference)) + 2;
  for (const char wrong : {'\0', '\6', '\x7f'}) {
    terms[count] = wrong;
    CHECK_THROWS_AS(read(terms), etf::malformed);
  }
}

TEST_CASE("a name in the old form of erl_interface is read", "[erl_dist_protocol]") {
  auto terms = written(control::reg_send{here, "name"});
  terms.resize(terms.size() - 6);
  CHECK(read(terms + unhex("64 00 04") + "name" + reason_term).what
        == control::message{control::reg_send{here, "name"}});
  CHECK(read(terms + unhex("73 04") + "name" + reason_term).what
        == control::message{control::reg_send{here, "name"}});
  CHECK_THROWS_AS(read(terms + unhex("64 00 04") + "nam\xe4" + reason_term),
                  etf::malformed);
}

TEST_CASE("what a peer does not understand is written in its older form") {
  const dialect old{.reasons = reason_place::control, .senders = sender_of_send::omitted};
  CHECK(read(written(control::send_sender{here, there}, old) + reason_term).what
        == control::message{control::send{there}});
  CHECK(written(control::exit{here, there}, old).substr(0, 4) == unhex("68 04 61 03"));
  CHECK(written(control::exit{here, there}).substr(0, 4) == unhex("68 03 61 18"));
}

TEST_CASE("what cannot be written leaves the output as it was") {
  std::string out = "before";
  CHECK_THROWS_AS(append_control(out, control::unknown{99}, {}), std::invalid_argument);
  CHECK_THROWS_AS(append_control(out, control::spawn_request{}, {}),
                  std::invalid_argument);
  CHECK_THROWS_AS(append_control(out, control::reg_send{here, "\xff"}, {}),
                  std::invalid_argument);
  CHECK_THROWS_AS(append_control(out, control::alias_send{here, {}}, {}),
                  std::invalid_argument);
  CHECK(out == "before");
}

TEST_CASE("views and what owns the name become each other") {
  const auto owner = here.copy();
  CHECK(pid_view{owner} == here);
  const auto whole = reference_seen.copy();
  CHECK(reference_view{whole} == reference_seen);
}

TEST_CASE("flags say what a peer understands", "[erl_dist_protocol]") {
  CHECK(dialect_of(0x2000 | 0x80000 | 0x400000 | 0x800000) == dialect{});
  const dialect least{.framing = packet_framing::pass_through,
                      .reasons = reason_place::control,
                      .senders = sender_of_send::omitted,
                      .fragments = fragments::unknown};
  CHECK(dialect_of(0) == least);
  CHECK(dialect_of(0x800000).fragments == fragments::unknown);
}

TEST_CASE("a small message is read without an allocation") {
  if (!tests::are_allocations_counted())
    return;
  const std::string packet =
      unhex("83 44 00") + written(control::send_sender{here, there}) + reason_term;
  packet_decoder decoder;
  const auto before = tests::allocations();
  const auto message = decoder.read(packet);
  const auto used = tests::allocations() - before;
  CHECK(used == 0);
  CHECK(message->payload == reason_term);
}
