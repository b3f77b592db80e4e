// What epmd is asked and answers, and an epmd of our own.
#include "websock/runtime/distribution/handshake/epmd_client.hpp"
#include "websock/runtime/distribution/handshake/epmd_registry.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/handshake/handshake_ends.hpp"

using namespace tests;
using namespace std::string_literals;
using distribution::epmd_error;
using distribution::epmd_failure;
using distribution::epmd_incomplete;
using distribution::epmd_name;
using distribution::epmd_next;
using distribution::epmd_node;
using distribution::epmd_origin;
using distribution::epmd_registry;

namespace {

const epmd_node chat{"chat", 9'100, distribution::epmd_node_type::hidden, 0, 6, 6, {}};

const std::string chat_fields =
    octets({0x23, 0x8c, 72, 0, 0, 6, 0, 6, 0, 4, 'c', 'h', 'a', 't', 0, 0});

/// Feeds an answer octet by octet: each part of it is incomplete.
template <class Question>
auto answer_of(Question question, std::string_view octets) {
  auto answer = question.feed("");
  for (const char each : octets) {
    REQUIRE(std::holds_alternative<epmd_incomplete>(answer));
    answer = question.feed(std::string(1, each));
  }
  return answer;
}

template <class Answer>
epmd_failure failure_of(const Answer& answer) {
  REQUIRE(std::holds_alternative<epmd_error>(answer));
  return std::get<epmd_error>(answer).reason;
}

epmd_registry::socket opened(epmd_registry& at, epmd_origin from = epmd_origin::local) {
  const auto made = at.open(from);
  REQUIRE(made);
  return *made;
}

/// The answer to one request on a socket of its own.
distribution::epmd_reply asked(epmd_registry& at,
                               const distribution::epmd_request& request) {
  return at.feed(opened(at), to_octets(request));
}

distribution::epmd_reply registered(epmd_registry& at, const char* name) {
  auto node = chat;
  node.name = name;
  return asked(at, distribution::epmd_alive_request{node});
}

} // namespace

TEST_CASE("the octets of questions are those of the protocol") {
  CHECK(distribution::register_at_epmd(chat).output() == "\0\x11x"s + chat_fields);
  CHECK(distribution::ask_epmd_for_port("chat").output() == "\0\5zchat"s);
  CHECK(distribution::ask_epmd_for_names().output() == "\0\1n"s);
}

TEST_CASE("a registration is answered with a creation of 32 or of 16 bits") {
  using distribution::register_at_epmd;
  CHECK(std::get<std::uint32_t>(
            answer_of(register_at_epmd(chat), octets({118, 0, 1, 2, 3, 4})))
        == 0x0102'0304U);
  CHECK(std::get<std::uint32_t>(answer_of(register_at_epmd(chat), octets({121, 0, 0, 3})))
        == 3);
  CHECK(failure_of(answer_of(register_at_epmd(chat), octets({118, 1, 0, 0, 0, 99})))
        == epmd_failure::taken);
  CHECK(failure_of(answer_of(register_at_epmd(chat), "x")) == epmd_failure::malformed);
  CHECK(failure_of(register_at_epmd(chat).end_of_stream()) == epmd_failure::closed);
}

TEST_CASE("a port is found, unknown, or of a node that we cannot speak with") {
  using distribution::ask_epmd_for_port;
  const auto found = answer_of(ask_epmd_for_port("chat"), "w\0"s + chat_fields);
  CHECK(std::get<epmd_node>(found) == chat);
  CHECK(failure_of(answer_of(ask_epmd_for_port("chat"), "w\1"s))
        == epmd_failure::unknown);
  CHECK(failure_of(answer_of(ask_epmd_for_port("chat"), "x")) == epmd_failure::malformed);
  auto old = chat;
  old.highest_version = 5;
  old.lowest_version = 5;
  CHECK(failure_of(answer_of(ask_epmd_for_port("chat"), port_answer(old)))
        == epmd_failure::version);
  auto broken = ask_epmd_for_port("chat");
  static_cast<void>(broken.feed("w\0\0"s));
  CHECK(failure_of(broken.end_of_stream()) == epmd_failure::closed);
}

TEST_CASE("the list of names ends with the stream") {
  auto question = distribution::ask_epmd_for_names();
  for (const char each :
       "\0\0\x11\x11name chat at port 9100\nname at port at port 7\nnonsense\n"
       "name x at port 99999\n"s)
    CHECK(std::holds_alternative<epmd_incomplete>(question.feed(std::string(1, each))));
  const auto answer = question.end_of_stream();
  CHECK(std::get<std::vector<epmd_name>>(answer)
        == std::vector<epmd_name>{{"chat", 9'100}});
  CHECK(failure_of(distribution::ask_epmd_for_names().end_of_stream())
        == epmd_failure::closed);
}

TEST_CASE("an answer without end is refused at 64 KiB") {
  auto question = distribution::ask_epmd_for_names();
  CHECK(std::holds_alternative<epmd_incomplete>(question.feed(std::string(65'536, 'x'))));
  CHECK(failure_of(question.feed("x")) == epmd_failure::too_long);
}

TEST_CASE("a registry hands out names, ports and creations, wherever requests are cut") {
  epmd_registry epmd(4'369, 100);
  const auto socket = opened(epmd);
  const auto request = to_octets(distribution::epmd_alive_request{chat});
  for (std::size_t i = 0; i + 1 < request.size(); ++i)
    REQUIRE(epmd.feed(socket, request.substr(i, 1)).next == epmd_next::wait);
  const auto reply = epmd.feed(socket, request.substr(request.size() - 1));
  CHECK(reply.next == epmd_next::keep);
  CHECK(reply.output == octets({118, 0, 0, 0, 0, 101}));

  const auto port = asked(epmd, distribution::epmd_port_request{"chat"});
  CHECK(port.next == epmd_next::close);
  CHECK(port.output == "w\0"s + chat_fields);
  CHECK(asked(epmd, distribution::epmd_port_request{"other"}).output == "w\1"s);
  CHECK(asked(epmd, distribution::epmd_names_request{}).output
        == "\0\0\x11\x11name chat at port 9100\n"s);
  CHECK(epmd.sockets() == 1);

  epmd.close(socket);
  CHECK(epmd.names() == 0);
  CHECK(asked(epmd, distribution::epmd_port_request{"chat"}).output == "w\1"s);
}

TEST_CASE("a name is taken for as long as its socket is open, and comes back with a new "
          "creation") {
  epmd_registry epmd(4'369, 0xffff'ffff);
  const auto first = opened(epmd);
  const auto request = to_octets(distribution::epmd_alive_request{chat});
  CHECK(epmd.feed(first, request).output
        == octets({118, 0, 0, 0, 0, 4})); // 0 to 3 are left out
  const auto second = registered(epmd, "chat");
  CHECK(second.output == octets({118, 1, 0, 0, 0, 99}));
  CHECK(second.next == epmd_next::close);
  CHECK(epmd.find("chat") != nullptr);
  epmd.close(first);
  CHECK(registered(epmd, "chat").output == octets({118, 0, 0, 0, 0, 5}));
}

TEST_CASE("a node of an old version gets a creation of 16 bits, from 1 to 3") {
  epmd_registry epmd(4'369, 100);
  auto old = chat;
  old.highest_version = 5;
  CHECK(asked(epmd, distribution::epmd_alive_request{old}).output
        == octets({121, 0, 0, 3}));
}

TEST_CASE("names and sockets of a registry are bounded") {
  epmd_registry epmd(4'369, 100, {4, 2, 1'024});
  CHECK(registered(epmd, "a").next == epmd_next::keep);
  CHECK(registered(epmd, "b").next == epmd_next::keep);
  CHECK(registered(epmd, "c").output == octets({118, 1, 0, 0, 0, 99}));
  const auto third = opened(epmd);
  static_cast<void>(opened(epmd));
  CHECK_FALSE(epmd.open(epmd_origin::local));
  epmd.close(third);
  epmd.close(third);
  CHECK(epmd.open(epmd_origin::local));
}

TEST_CASE("a node of another host may ask, but not register") {
  epmd_registry epmd(4'369, 100);
  const auto stranger = opened(epmd, epmd_origin::remote);
  const auto reply =
      epmd.feed(stranger, to_octets(distribution::epmd_alive_request{chat}));
  CHECK(reply.output.empty());
  CHECK(reply.next == epmd_next::close);
  const auto asking = opened(epmd, epmd_origin::remote);
  CHECK(epmd.feed(asking, "\0\1n"s).output == "\0\0\x11\x11"s);
}

TEST_CASE("a registry closes on requests that lie, that it does not have, or that follow "
          "others") {
  epmd_registry epmd(4'369, 100);
  const auto is_closed = [&](const std::string& request) {
    const auto reply = epmd.feed(opened(epmd), request);
    return reply.output.empty() && reply.next == epmd_next::close;
  };
  CHECK(is_closed(octets({0xff, 0xff}))); // more than a request may have
  CHECK(is_closed(packet("")));
  CHECK(is_closed(packet("k")));     // KILL_REQ
  CHECK(is_closed(packet("schat"))); // STOP_REQ
  CHECK(is_closed(packet("d")));     // DUMP_REQ
  CHECK(is_closed(packet("z")));
  CHECK(is_closed(packet("za b")));
  CHECK(is_closed(packet("x" + chat_fields.substr(0, 15)))); // cut short
  CHECK(
      is_closed(packet("x" + octets({0, 1, 72, 0, 0, 6, 0, 6, 0xff, 0xff, 'a', 0, 0}))));
  CHECK(epmd.sockets() == 0);

  const auto node = opened(epmd);
  CHECK(epmd.feed(node, to_octets(distribution::epmd_alive_request{chat})).next
        == epmd_next::keep);
  CHECK(epmd.feed(node, "more").next == epmd_next::close);
  CHECK(epmd.names() == 0);
  CHECK(epmd.feed(node, "more").next == epmd_next::close);
}
