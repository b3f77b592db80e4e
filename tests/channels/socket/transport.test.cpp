// What a client's connection does with joins, limits and the ends of channels, where the
// recorded scenarios do not go.
#include "websock/channels/socket/transport.hpp"

#include "tests/channels/socket_lab.hpp"

using namespace tests;
using namespace std::chrono_literals;

namespace {

const auto joins_slowly = [](scripted_channel& its, const auto&) -> join_result {
  co_await its.self().sleep(40s);
  co_return scripted_channel::accept();
};

std::string refused(const std::string& refs, const std::string& topic,
                    const std::string& reason) {
  return replied(refs, topic, R"({"reason":")" + reason + R"("})", "error");
}

} // namespace

TEST_CASE("a join that takes too long is refused, and its channel is gone") {
  socket_lab lab;
  lab.script.join = joins_slowly;
  auto client = lab.connect();
  CHECK(lab.after(client, join_a).empty());
  CHECK(lab.after(client, R"(["1","2","room:a","e",{}])").empty());
  lab.node.advance(30s);
  CHECK(client.texts()
        == lines{refused(R"("1","1")", "room:a", "join timed out"),
                 refused(R"(null,"2")", "room:a", "unmatched topic")});
  CHECK_FALSE(lab.script.processes.at("room:a").is_alive());
  CHECK(lab.script.log.empty());
}

TEST_CASE("what waits for a join is handled in order when it is over") {
  socket_lab lab;
  lab.script.join = joins_slowly;
  lab.of->options.join_timeout = 2min;
  auto client = lab.connect();
  for (const auto* each :
       {R"(["1","1","room:a","phx_join",{}])", R"(["1","2","room:a","e",{"n":1}])",
        R"(["0","3","room:a","e",{"n":2}])", R"(["1","4","room:a","phx_leave",{}])",
        R"(["1","5","room:a","phx_leave",{}])"})
    CHECK(lab.after(client, each).empty());
  lab.node.advance(40s);
  CHECK(client.texts()
        == lines{joined_a, replied(R"("1","2")", "room:a", R"({"n":1})"),
                 replied(R"("1","4")", "room:a", "{}"),
                 R"(["1","1","room:a","phx_close",{}])",
                 replied(R"("1","5")", "room:a", "{}")});
}

TEST_CASE("too many messages that wait for a join end the connection") {
  socket_lab lab;
  lab.script.join = joins_slowly;
  lab.of->options.max_waiting = 2;
  auto client = lab.connect();
  for (const auto* each :
       {R"(["1","1","room:a","phx_join",{}])", R"(["1","2","room:a","e",{}])",
        R"(["1","3","room:a","e",{}])"})
    CHECK(lab.after(client, each).empty());
  CHECK_FALSE(client.close_frame());
  CHECK(lab.after(client, R"(["1","4","room:a","e",{}])").empty());
  REQUIRE(client.close_frame());
  CHECK(client.close_frame()->first == 1008);
}

TEST_CASE("a long topic is refused") {
  socket_lab lab;
  lab.of->options.max_topic = 6;
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  CHECK(lab.after(client, R"(["2","2","room:bc","phx_join",{}])")
        == lines{refused(R"("2","2")", "room:bc", "topic too long")});
}

TEST_CASE("a channel that exits by itself is reported once, and the topic is free") {
  socket_lab lab;
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  lab.node.node().exit(lab.script.processes.at("room:a"), runtime::reason::shutdown);
  lab.node.run_until_idle();
  CHECK(lab.since(client, 1)
        == lines{R"(["1","1","room:a","phx_error",{"reason":"channel_crash"}])"});
  CHECK(lab.script.log.empty());
  CHECK(lab.after(client, R"(["3","3","room:a","phx_join",{}])")
        == lines{replied(R"("3","3")", "room:a", "{}")});
}

TEST_CASE("an exit signal normal to a channel has no effect") {
  socket_lab lab;
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  lab.node.node().exit(lab.script.processes.at("room:a"), runtime::reason::normal);
  lab.node.run_until_idle();
  CHECK(lab.after(client, R"(["1","2","room:a","e",{}])")
        == lines{replied(R"("1","2")", "room:a", "{}")});
}

TEST_CASE("three joins in a row leave one channel, and two are closed") {
  socket_lab lab;
  auto client = lab.connect();
  client.text(R"(["1","1","room:a","phx_join",{}])");
  client.text(R"(["2","2","room:a","phx_join",{}])");
  client.text(R"(["3","3","room:a","phx_join",{}])");
  lab.node.run_until_idle();
  CHECK(client.texts()
        == lines{joined_a, replied(R"("2","2")", "room:a", "{}"),
                 R"(["1","1","room:a","phx_close",{}])",
                 replied(R"("3","3")", "room:a", "{}"),
                 R"(["2","2","room:a","phx_close",{}])"});
}

TEST_CASE("the channels of a socket end as soon as it closes, not with the close "
          "handshake") {
  socket_lab lab;
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  CHECK(lab.after(client, "rubbish").empty());
  REQUIRE(client.close_frame());
  CHECK(client.close_frame()->first == 1011);
  CHECK(lab.script.log == lines{"terminate error: malformed message"});
  CHECK_FALSE(client.is_ended());
}

TEST_CASE("a callback that waits keeps its arguments") {
  socket_lab lab;
  lab.script.handle_in = [](scripted_channel& its, std::string_view event,
                            const websock::channels::payload& in) -> channel_result {
    co_await its.self().sleep(1s);
    co_return scripted_channel::answer({{"event", event}, {"in", in.value()}});
  };
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  client.text(R"(["1","2","room:a","a long name of an event",{"text":"x"}])");
  client.text(R"(["1","3","room:a","another long name of one",{"text":"y"}])");
  lab.node.advance(2s);
  CHECK(lab.since(client, 1)
        == lines{replied(R"("1","2")", "room:a",
                         R"({"event":"a long name of an event","in":{"text":"x"}})"),
                 replied(R"("1","3")", "room:a",
                         R"({"event":"another long name of one","in":{"text":"y"}})")});
}

TEST_CASE("a channel cannot push before its join is accepted") {
  socket_lab lab;
  lab.script.join = [](scripted_channel& its, const auto&) {
    CHECK_THROWS_AS(its.push("e"), std::logic_error);
    CHECK_THROWS_AS(its.broadcast("e"), std::logic_error);
    return scripted_channel::accept();
  };
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
}

TEST_CASE("a join that waits ends with its connection") {
  socket_lab lab;
  lab.script.join = joins_slowly;
  auto client = lab.connect();
  CHECK(lab.after(client, join_a).empty());
  client.disconnect();
  lab.node.run_until_idle();
  CHECK_FALSE(lab.script.processes.at("room:a").is_alive());
}

TEST_CASE("a join that waits ends with a connection that is killed, though it traps "
          "exits") {
  socket_lab lab;
  lab.script.join = [](scripted_channel& its, const auto&) -> join_result {
    its.self().trap_exit(true);
    co_await its.self().sleep(40s);
    co_return scripted_channel::accept();
  };
  auto client = lab.connect();
  CHECK(lab.after(client, join_a).empty());
  lab.node.node().exit(client.pid(), runtime::reason::kill);
  lab.node.run_until_idle();
  CHECK_FALSE(lab.script.processes.at("room:a").is_alive());
  CHECK(lab.script.log.empty());
}

TEST_CASE("a channel that traps exits obeys its node all the same") {
  socket_lab lab;
  lab.script.join = [](scripted_channel& its, const auto&) {
    its.self().trap_exit(true);
    return scripted_channel::accept();
  };
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  lab.node.node().exit(lab.script.processes.at("room:a"), runtime::reason::shutdown);
  lab.node.run_until_idle();
  CHECK(lab.script.log == lines{"terminate shutdown"});
  CHECK(lab.since(client, 1) == lines{R"(["1","1","room:a","phx_close",{}])"});
}
