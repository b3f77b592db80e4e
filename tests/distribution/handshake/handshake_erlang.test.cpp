// Handshakes with a real Erlang node, its epmd, and our own.
#include "websock/runtime/distribution/handshake/epmd_client.hpp"
#include "websock/runtime/distribution/handshake/handshake.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/handshake/handshake_ends.hpp"
#include "tests/distribution/handshake/served_epmd.hpp"
#include "tests/distribution/support/erlang_program.hpp"

#include <chrono>
#include <thread>

using namespace tests;
using namespace std::chrono_literals;
using distribution::arrival;
using distribution::capability;
using distribution::epmd_incomplete;
using distribution::epmd_node;
using distribution::handshake;
using distribution::handshake_failure;

namespace {

/// Asks on a socket until there is an answer.
template <class Question>
auto answer_of(Question question, tcp_client& at) {
  at.send(question.output());
  for (;;) {
    const bool has_ended = at.is_at_end();
    auto answer = has_ended ? question.end_of_stream() : question.feed(at.take(1));
    if (has_ended || !std::holds_alternative<epmd_incomplete>(answer))
      return answer;
  }
}

template <class Question>
auto answer_of(Question question, std::uint16_t epmd) {
  tcp_client at(epmd);
  return answer_of(std::move(question), at);
}

/// Drives one end to its outcome on a socket.
distribution::handshake_step outcome_of(handshake& of, tcp_client& at) {
  auto step = of.begin();
  for (;;) {
    if (!step.output.empty())
      at.send(step.output);
    if (step.success() != nullptr || step.refusal() != nullptr)
      return step;
    step = at.is_at_end() ? of.end_of_stream() : of.feed(at.take(1));
    if (of.state() == distribution::handshake_state::refused && step.refusal() == nullptr)
      throw std::logic_error("a refusal without a text");
  }
}

constexpr auto our_name = "websock@127.0.0.1";

/// An Erlang node that uses `epmd`, with code that it runs once it is up.
erlang_program erlang(std::uint16_t epmd, const std::string& code,
                      const std::string& cookie = "secret") {
  return {epmd,
          "beam",
          "io:format(\"up~n\")," + code + ",receive never -> ok end",
          {.cookie = cookie, .flags = {"-hidden"}}};
}

/// Our node, registered at an epmd, and where it listens.
struct our_node {
  loopback_listener listener;
  tcp_client registration;

  explicit our_node(std::uint16_t epmd) : registration(epmd) {
    epmd_node us;
    us.name = "websock";
    us.port = listener.port();
    const auto creation = answer_of(distribution::register_at_epmd(us), registration);
    REQUIRE(std::holds_alternative<std::uint32_t>(creation));
  }
};

std::uint16_t port_of(const char* alive, std::uint16_t epmd) {
  const auto answer = answer_of(distribution::ask_epmd_for_port(alive), epmd);
  REQUIRE(std::holds_alternative<epmd_node>(answer));
  return std::get<epmd_node>(answer).port;
}

distribution::handshake_self us(const char* cookie = "secret") {
  return node(our_name, cookie);
}

constexpr auto connect_to_us = "io:format(\"connected ~p~n\","
                               "[net_kernel:connect_node('websock@127.0.0.1')])";
constexpr auto watch_nodes =
    "net_kernel:monitor_nodes(true,[{node_type,all}]),"
    "io:format(\"watching~n\"),"
    "receive {nodeup,N,I} -> io:format(\"nodeup ~p ~p~n\",[N,I]) end";

} // namespace

TEST_CASE("Erlang connects to us by our epmd") {
  if (!has_erlang())
    return;
  served_epmd epmd;
  our_node here(epmd.port());
  auto beam = erlang(epmd.port(), connect_to_us);
  auto socket = here.listener.accept();
  told_judge judge;
  auto b = handshake::accept(us(), judge);
  const auto step = outcome_of(b, socket);
  REQUIRE(step.success());
  CHECK(step.success()->peer.name.text() == "beam@127.0.0.1");
  CHECK(step.success()->peer.creation > 1'000);
  CHECK(step.success()->agreed
        == distribution::offered(distribution::visibility::hidden));
  CHECK_FALSE(step.success()->peer.flags.has(capability::published));
  CHECK(beam.line_with("connected") == "connected true");
}

TEST_CASE("Erlang with another cookie is refused by us") {
  if (!has_erlang())
    return;
  served_epmd epmd;
  our_node here(epmd.port());
  auto beam = erlang(epmd.port(), connect_to_us, "other");
  {
    auto socket = here.listener.accept();
    told_judge judge;
    auto b = handshake::accept(us(), judge);
    const auto step = outcome_of(b, socket);
    REQUIRE(step.refusal());
    CHECK(step.refusal()->reason == handshake_failure::wrong_cookie);
    CHECK(step.refusal()->text == "beam@127.0.0.1 has another cookie");
  }
  CHECK(beam.line_with("connected") == "connected false");
}

TEST_CASE("we connect to Erlang, again while it believes the old connection alive, and "
          "with a wrong cookie") {
  if (!has_erlang())
    return;
  served_epmd epmd;
  auto beam = erlang(epmd.port(), watch_nodes);
  beam.line_with("watching");
  const auto port = port_of("beam", epmd.port());
  const auto there = name("beam@127.0.0.1");
  told_judge judge;

  tcp_client wrong(port);
  auto guess = handshake::connect(us("guess"), there, judge);
  const auto refused = outcome_of(guess, wrong);
  REQUIRE(refused.refusal());
  CHECK(refused.refusal()->reason == handshake_failure::wrong_cookie);

  tcp_client socket(port);
  auto a = handshake::connect(us(), there, judge);
  const auto first = outcome_of(a, socket);
  REQUIRE(first.success());
  CHECK(first.success()->status == arrival::ok);
  CHECK(first.success()->agreed
        == distribution::offered(distribution::visibility::hidden));
  CHECK(beam.line_with("nodeup") == "nodeup 'websock@127.0.0.1' [{node_type,hidden}]");

  judge.is_wanted = false;
  tcp_client mistake(port);
  auto again = handshake::connect(us(), there, judge);
  const auto second = outcome_of(again, mistake);
  REQUIRE(second.refusal());
  CHECK(second.refusal()->reason == handshake_failure::connected);
}

TEST_CASE("Erlang finds what it lacks in us") {
  if (!has_erlang())
    return;
  served_epmd epmd;
  auto beam = erlang(epmd.port(), watch_nodes);
  beam.line_with("watching");
  tcp_client socket(port_of("beam", epmd.port()));
  told_judge judge;
  const auto few = distribution::mandatory_in_otp_26.without({capability::map_tag});
  auto a =
      handshake::connect(node(our_name, "secret", few), name("beam@127.0.0.1"), judge);
  const auto step = outcome_of(a, socket);
  REQUIRE(step.refusal());
  CHECK(step.refusal()->reason == handshake_failure::not_allowed);
}

TEST_CASE("two Erlang nodes of one name: our epmd refuses the second") {
  if (!has_erlang())
    return;
  served_epmd epmd;
  auto first = erlang(epmd.port(), "ok");
  first.line_with("up");
  erlang_program second(epmd.port(), "beam", "ok");
  CHECK_FALSE(second.line_with("beam")
                  .empty()); // "... seems to be in use by another Erlang node"
}

TEST_CASE("we register at Erlang's epmd and find ourselves there") {
  if (!has_erlang())
    return;
  const erlang_epmd epmd;
  const auto port = epmd.port();
  const epmd_node us{"websock", 9'100, distribution::epmd_node_type::hidden, 0, 6,
                     6,         "x"};
  tcp_client registration(port);
  const auto creation = answer_of(distribution::register_at_epmd(us), registration);
  REQUIRE(std::holds_alternative<std::uint32_t>(creation));
  CHECK(std::get<std::uint32_t>(creation) > 3);
  const auto twice = answer_of(distribution::register_at_epmd(us), port);
  REQUIRE(std::holds_alternative<distribution::epmd_error>(twice));
  CHECK(std::get<distribution::epmd_error>(twice).reason
        == distribution::epmd_failure::taken);

  CHECK(std::get<epmd_node>(answer_of(distribution::ask_epmd_for_port("websock"), port))
        == us);
  const auto unknown = answer_of(distribution::ask_epmd_for_port("nobody"), port);
  CHECK(std::get<distribution::epmd_error>(unknown).reason
        == distribution::epmd_failure::unknown);
  const auto names = answer_of(distribution::ask_epmd_for_names(), port);
  CHECK(std::get<std::vector<distribution::epmd_name>>(names)
        == std::vector<distribution::epmd_name>{{"websock", 9'100}});
}
