// Broadcasts between two nodes, stepped: what crosses, and what becomes of it there.
#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/runtime/distribution/etf/value.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include "tests/channels/socket_lab.hpp"
#include "tests/distribution/stepped_cluster.hpp"

#include <array>
#include <cstdint>

using namespace tests;
using websock::channels::broadcast_message;
using websock::channels::payload;
using websock::testing::client;

namespace channels = websock::channels;
namespace pubsub = runtime::pubsub;

namespace {

constexpr auto join_of_version_1 =
    R"({"topic":"room:a","event":"phx_join","payload":{},"ref":"1"})";

/// A socket with an id.
class member_socket final : public websock::channel_socket {
public:
  [[nodiscard]] std::string id() const override { return "users:7"; }
};

/// Two nodes that share topics, with clients on each.
struct two_nodes {
  two_nodes() {
    nodes.cluster(0).connect(stepped_cluster::name(1));
    nodes.run_until_idle();
  }

  [[nodiscard]] client joined(std::size_t i, serializer how = serializer::v2) {
    auto made = at[i].connect(nodes.node(i), how);
    made.text(how == serializer::v2 ? join_a : join_of_version_1);
    nodes.run_until_idle();
    REQUIRE(made.texts().size() == 1);
    return made;
  }
  /// What the client has got after the answer to its join.
  [[nodiscard]] lines heard(const client& by) {
    nodes.run_until_idle();
    return socket_lab::since(by, 1);
  }
  [[nodiscard]] runtime::node& node(std::size_t i) { return nodes.node(i).node(); }

  std::array<scripted_endpoint, 2> at; // outlive the nodes' processes
  stepped_cluster nodes{any_schedule()};
};

} // namespace

TEST_CASE("a broadcast reaches the clients of both versions on both nodes, and wakes no "
          "channel") {
  two_nodes all;
  auto here = all.joined(0);
  auto there = all.joined(1);
  auto old = all.joined(1, serializer::v1);
  const auto channel = all.at[1].script.processes.at("room:a");
  const auto before = runtime::detail::find_block(channel)->messages_handled();
  channels::broadcast(all.node(0), "room:a", "news", {{"n", 1}});
  const lines news{R"([null,null,"room:a","news",{"n":1}])"};
  CHECK(all.heard(here) == news);
  CHECK(all.heard(there) == news);
  REQUIRE(all.heard(old).size() == 1);
  CHECK(json::parse(all.heard(old).front())
        == json{{"topic", "room:a"},
                {"event", "news"},
                {"payload", {{"n", 1}}},
                {"ref", nullptr}});
  CHECK(runtime::detail::find_block(channel)->messages_handled() == before);
}

TEST_CASE("octets cross as they are, and pass clients of version 1 by") {
  two_nodes all;
  auto there = all.joined(1);
  auto old = all.joined(1, serializer::v1);
  channels::broadcast(all.node(0), "room:a", "e",
                      payload::binary(std::string("\0\xFF", 2)));
  CHECK(all.heard(old).empty());
  REQUIRE(there.frames().size() == 2);
  CHECK(there.frames().back().payload == std::string("\x02\x06\x01room:ae\0\xFF", 12));
}

TEST_CASE("a channel that broadcasts from itself is left out, and nobody elsewhere") {
  two_nodes all;
  for (auto& each : all.at)
    each.script.handle_in = [](scripted_channel& its, std::string_view,
                               const payload& in) {
      its.broadcast_from("news", in);
      return scripted_channel::answer({});
    };
  auto here = all.joined(0);
  auto beside = all.joined(0);
  auto there = all.joined(1);
  here.text(R"(["1","2","room:a","say",{"n":2}])");
  const lines news{R"([null,null,"room:a","news",{"n":2}])"};
  CHECK(all.heard(here) == lines{replied(R"("1","2")", "room:a", "{}")});
  CHECK(all.heard(beside) == news);
  CHECK(all.heard(there) == news);
}

TEST_CASE("what is intercepted goes through the channels of both nodes") {
  two_nodes all;
  for (auto& each : all.at)
    each.script.intercepted = {"news"};
  auto here = all.joined(0);
  auto there = all.joined(1);
  channels::broadcast(all.node(1), "room:a", "news");
  CHECK(all.heard(here) == lines{R"(["1",null,"room:a","news",{}])"});
  CHECK(all.heard(there) == lines{R"(["1",null,"room:a","news",{}])"});
  CHECK(all.at[0].script.log == lines{"handle_out news"});
}

TEST_CASE("a local broadcast stays on its node") {
  two_nodes all;
  auto here = all.joined(0);
  auto there = all.joined(1);
  channels::local_broadcast(all.node(0), "room:a", "news");
  CHECK(all.heard(here).size() == 1);
  CHECK(all.heard(there).empty());
}

TEST_CASE("sockets are disconnected by their id on every node") {
  two_nodes all;
  all.at[1].of->make_socket = [] { return std::make_shared<member_socket>(); };
  auto other = all.joined(0);
  auto member = all.joined(1);
  channels::disconnect(all.node(0), "users:7");
  all.nodes.run_until_idle();
  REQUIRE(member.close_frame());
  CHECK(member.close_frame()->first == 1001);
  CHECK_FALSE(other.close_frame());
  CHECK(all.at[1].script.log == lines{"terminate {shutdown, \"disconnected\"}"});
}

TEST_CASE("a process that listens on another node gets the broadcast") {
  two_nodes all;
  lines heard;
  all.nodes.node(1).spawn([&](runtime::process& me) -> runtime::waiting<> {
    pubsub::subscribe(me, "room:a");
    const auto note = [&](const broadcast_message& out) {
      heard.push_back(out.topic() + ' ' + out.event() + ' ' + out.body().text());
    };
    for (;;)
      static_cast<void>(co_await me.receive(runtime::infinity, note));
  });
  all.nodes.run_until_idle();
  channels::broadcast(all.node(0), "room:a", "news", {{"text", "\u00e4"}});
  channels::broadcast(all.node(0), "room:a", "octets", payload::binary("\x01"));
  all.nodes.run_until_idle();
  CHECK(heard == lines{"room:a news {\"text\":\"\u00e4\"}", "room:a octets \x01"});
}

// As a program of another version might, or one of Erlang's.
TEST_CASE("what is no broadcast ends no connection, and reaches no client") {
  namespace etf = runtime::etf;
  using etf::value;
  two_nodes all;
  auto there = all.joined(1);
  const auto octets = [](const char* called) {
    return value(etf::tuple{{etf::atom{called}, etf::binary{"\x01"}}});
  };
  const auto publish = [&](auto... fields) {
    pubsub::broadcast(all.node(0), "room:a", runtime::atom{"websock_broadcast"},
                      std::string("room:a"), fields...);
  };
  publish(std::string("news"), std::string("[1]"));
  publish(std::string("news"), std::string("{\"a\":"));
  publish(std::string("news"), std::string("{\"a\":\"\xFF\"}"));
  publish(std::string("\xFF"), std::string("{}"));
  publish(std::string("news"), std::int64_t{1});
  publish(std::string("news"));
  publish(std::string(256, 'e'), octets("binary")); // too long for clients
  publish(std::string("news"), octets("binaries"));
  CHECK(all.heard(there).empty());
  CHECK_FALSE(there.close_frame());
  publish(std::string("news"), std::string("{}"), std::string("of a later version"));
  CHECK(all.heard(there) == lines{R"([null,null,"room:a","news",{}])"});
}
