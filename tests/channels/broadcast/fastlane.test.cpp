// Broadcasts on their way to clients.
#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include "tests/channels/socket_lab.hpp"

using namespace tests;
using websock::channels::broadcast;
using websock::channels::broadcast_message;
using websock::channels::payload;

namespace {

std::uint64_t handled_by(const runtime::pid& who) {
  return runtime::detail::find_block(who)->messages_handled();
}

} // namespace

TEST_CASE("a broadcast reaches clients without waking their channels") {
  socket_lab lab;
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  const auto channel = lab.script.processes.at("room:a");
  const auto before = handled_by(channel);
  broadcast(lab.node.node(), "room:a", "news", {{"n", 1}});
  lab.node.run_until_idle();
  CHECK(lab.since(client, 1) == lines{R"([null,null,"room:a","news",{"n":1}])"});
  CHECK(handled_by(channel) == before);
}

TEST_CASE("an intercepted event goes through its channel, others do not") {
  socket_lab lab;
  lab.script.intercepted = {"news"};
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  broadcast(lab.node.node(), "room:a", "news");
  broadcast(lab.node.node(), "room:a", "other");
  lab.node.run_until_idle();
  CHECK(lab.script.log == lines{"handle_out news"});
  auto got = lab.since(client, 1);
  std::sort(got.begin(), got.end());
  CHECK(
      got
      == lines{R"(["1",null,"room:a","news",{}])", R"([null,null,"room:a","other",{}])"});
}

TEST_CASE("a broadcast is encoded once for all clients of a version") {
  const broadcast_message one("t", "e", payload{{"a", 1}});
  const auto copy = one;
  CHECK(one.encoded(serializer::v2) == copy.encoded(serializer::v2));
  CHECK(one.encoded(serializer::v1) == copy.encoded(serializer::v1));
  CHECK(one.encoded(serializer::v1) != one.encoded(serializer::v2));
}

TEST_CASE("what is broadcast is an object or binary") {
  CHECK_THROWS_AS(broadcast_message("t", "e", json::array()), std::invalid_argument);
  const broadcast_message octets("t", "e", payload::binary("\x01"));
  CHECK(octets.encoded(serializer::v2) != nullptr);
  CHECK(octets.encoded(serializer::v1) == nullptr);
}

TEST_CASE("a binary broadcast passes clients of version 1 by") {
  socket_lab lab;
  auto first = lab.connect(serializer::v1);
  auto second = lab.connect();
  static_cast<void>(lab.after(
      first, R"({"topic":"room:a","event":"phx_join","payload":{},"ref":"1"})"));
  static_cast<void>(lab.after(second, join_a));
  broadcast(lab.node.node(), "room:a", "e", payload::binary("\x01"));
  lab.node.run_until_idle();
  CHECK(first.frames().size() == 1);
  REQUIRE(second.frames().size() == 2);
  CHECK(second.frames().back().payload == std::string("\x02\x06\x01room:ae\x01"));
  CHECK(lab.node.log_lines().size() == 1);
}

TEST_CASE("any process may subscribe to a topic") {
  socket_lab lab;
  lines heard;
  lab.node.spawn([&](runtime::process& me) -> runtime::waiting<> {
    runtime::pubsub::subscribe(me, "room:a");
    const auto note = [&](const broadcast_message& out) {
      heard.push_back(out.topic() + ' ' + out.event() + ' ' + out.body().text());
    };
    static_cast<void>(co_await me.receive(runtime::infinity, note));
  });
  lab.node.run_until_idle();
  broadcast(lab.node.node(), "room:a", "news");
  lab.node.run_until_idle();
  CHECK(heard == lines{"room:a news {}"});
}

TEST_CASE("a late message to a socket that is gone is dropped") {
  socket_lab lab;
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  client.disconnect();
  broadcast(lab.node.node(), "room:a", "news");
  lab.node.run_until_idle();
  CHECK(client.is_ended());
}
