// What a real erl sent (captured_packets.txt), read here.

#include "tests/catch.hpp"
#include "tests/distribution/wire/describe.hpp"
#include "tests/distribution/wire/wire_octets.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace websock::runtime::distribution;

namespace {

using lines = std::vector<std::string>;

// "= name: expression", then a packet on each line.
std::map<std::string, lines> captured() {
  std::ifstream file(WEBSOCK_TESTS_FOLDER "/distribution/wire/captured_packets.txt");
  std::map<std::string, lines> found;
  std::string name;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("= "))
      name = line.substr(2, line.find(':') - 2);
    else if (!line.empty() && !line.starts_with('#'))
      found[name].push_back(tests::unhex(line));
  }
  return found;
}

lines read_by(packet_decoder& decoder, const lines& packets) {
  lines found;
  for (const auto& packet : packets)
    if (const auto message = decoder.read(packet))
      found.push_back(tests::described(*message));
  return found;
}

const std::string erl = "<'erl@127.0.0.1'.89.0>";
const std::string child = "<'erl@127.0.0.1'.90.0>";
const std::string cxx = "<'cxx@127.0.0.1'.17.0>";
const std::string ref = "#Ref<'cxx@127.0.0.1'.3.2.1>";

// Monitors and spawns have a reference that is another one with each recording.
const std::map<std::string, lines> expected{
    {"send", {"send " + cxx + ": hello"}},
    {"send_sender",
     {"send_sender " + erl + ' ' + cxx + ": {hello,\"text\",<<1,2>>,1.5}"}},
    {"reg_send", {"reg_send " + erl + " directory: {hello," + erl + "}"}},
    {"alias_send", {"alias_send " + erl + ' ' + ref + ": hello"}},
    {"link, then unlink", {"link " + erl + ' ' + cxx, "unlink_id 1 " + erl + ' ' + cxx}},
    {"exit",
     {"link " + child + ' ' + cxx, "exit " + child + ' ' + cxx + ": {because,1}"}},
    {"exit, reason inside",
     {"link " + child + ' ' + cxx, "exit " + child + ' ' + cxx + ": {because,1}"}},
    {"exit2", {"exit2 " + erl + ' ' + cxx + ": {because,1}"}},
    {"exit2, reason inside", {"exit2 " + erl + ' ' + cxx + ": {because,1}"}},
    {"monitor_exit",
     {"reg_send " + erl + " directory: " + erl,
      "monitor_exit " + erl + ' ' + cxx + ' ' + ref + ": {because,1}"}},
    {"monitor_exit by name, reason inside",
     {"reg_send " + erl + " directory: " + erl,
      "monitor_exit observed " + cxx + ' ' + ref + ": {because,1}"}},
    {"unlink_id_ack",
     {"reg_send " + erl + " directory: " + erl,
      "unlink_id_ack 305419896 " + erl + ' ' + cxx}},
    {"group_leader", {"group_leader " + erl + ' ' + cxx}},
    {"spawn_reply",
     {"reg_send " + erl + " directory: " + erl,
      "spawn_reply " + ref + ' ' + cxx + " 0 " + child}},
    {"spawn_reply, refused",
     {"reg_send " + erl + " directory: " + erl,
      "spawn_reply " + ref + ' ' + cxx + " 0 badopt"}},
    {"send, traced", {"send " + cxx + ": hello"}},
    {"send_sender, traced", {"send_sender " + erl + ' ' + cxx + ": hello"}},
    {"reg_send, traced", {"reg_send " + erl + " directory: hello"}},
    {"alias_send, traced", {"alias_send " + erl + ' ' + ref + ": hello"}},
    {"exit, traced",
     {"link " + child + ' ' + cxx, "exit " + child + ' ' + cxx + ": because"}},
    {"exit, traced, reason inside",
     {"link " + child + ' ' + cxx, "exit " + child + ' ' + cxx + ": because"}},
    {"exit2, traced", {"exit2 " + erl + ' ' + cxx + ": because"}},
    {"exit2, traced, reason inside", {"exit2 " + erl + ' ' + cxx + ": because"}},
    {"atoms again",
     {"reg_send " + erl + " directory: {hello,one}",
      "reg_send " + erl + " directory: {hello,two}",
      "reg_send " + erl + " directory: {hello,one}"}},
    {"pass-through",
     {"reg_send " + erl + " directory: {hello," + erl + "}", "link " + erl + ' ' + cxx,
      "exit2 " + erl + ' ' + cxx + ": because", "exit " + erl + ' ' + cxx + ": normal"}},
};

} // namespace

TEST_CASE("what a real erl sends is read as what it said", "[erl_dist_protocol]") {
  const auto packets = captured();
  for (const auto& [name, wanted] : expected) {
    INFO(name);
    REQUIRE(packets.contains(name));
    packet_decoder decoder;
    CHECK(read_by(decoder, packets.at(name)) == wanted);
  }
}

TEST_CASE("a real erl's monitors are taken down by the same reference",
          "[erl_dist_protocol]") {
  const auto* name =
      GENERATE("monitor, then demonitor", "monitor by name, then demonitor");
  const auto packets = captured().at(name);
  REQUIRE(packets.size() == 2);
  packet_decoder decoder;
  const auto first = decoder.read(packets[0]);
  REQUIRE(first);
  const auto monitor = std::get<control::monitor>(first->what);
  const auto reference = monitor.reference.copy();
  CHECK(tests::describer{}(monitor.from) == erl);
  CHECK(tests::describer{}(monitor.to)
        == (std::string_view{name}.find("name") == std::string_view::npos ? cxx
                                                                          : "directory"));
  const auto second = decoder.read(packets[1]);
  CHECK(std::get<control::demonitor>(second->what).reference.copy() == reference);
}

TEST_CASE("a real erl's spawn requests are read as far as an answer needs",
          "[erl_dist_protocol]") {
  const auto* name = GENERATE("spawn_request", "spawn_request, traced");
  packet_decoder decoder;
  const auto packets = captured().at(name);
  const auto message = decoder.read(packets.at(0));
  REQUIRE(message);
  const auto& request = std::get<control::spawn_request>(message->what);
  CHECK(request.request.node == "erl@127.0.0.1");
  CHECK(tests::describer{}(request.from) == erl);
  CHECK(to_string(tests::etf::reader(message->payload, {}, message->atoms).value())
        == "[1,3]");
}

TEST_CASE("a real erl's fragments become one message", "[erl_ext_dist]") {
  packet_decoder decoder;
  const auto packets = captured().at("fragments");
  REQUIRE(packets.size() == 3);
  CHECK(!decoder.read(packets[0]));
  CHECK(!decoder.read(packets[1]));
  CHECK(decoder.held() > 131'000);
  const auto message = decoder.read(packets[2]);
  REQUIRE(message);
  tests::etf::reader in(message->payload, {}, message->atoms);
  in.tuple(2);
  CHECK(in.atom() == "large");
  CHECK(in.binary() == std::string(150'000, 'x'));
  CHECK(decoder.held() == 0);
}

TEST_CASE("a real erl's longest atom is read", "[erl_ext_dist]") {
  packet_decoder decoder;
  const auto packets = captured().at("a long atom");
  const auto message = decoder.read(packets.at(0));
  REQUIRE(message);
  CHECK(tests::etf::reader(message->payload, {}, message->atoms).atom().size() == 1020);
}

TEST_CASE("a captured packet that ends too early is refused, and crashes nothing",
          "[erl_dist_protocol]") {
  for (const auto& [name, packets] : captured())
    for (std::size_t size = 1; size < std::min<std::size_t>(packets[0].size(), 200);
         ++size) {
      packet_decoder decoder;
      try {
        // A payload that is cut off is its reader's to refuse.
        (void)decoder.read(std::string_view{packets[0]}.substr(0, size));
      } catch (const tests::etf::malformed&) {
      }
    }
}
