// Recorded scenarios of Phoenix: clients that poll, on a server with sockets of the
// kernel.
#include "websock/channels.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/channels/recorded/longpoll_replay.hpp"

using namespace std::chrono_literals;
using tests::recorded::longpoll_replay;
using websock::json;

namespace {

void replay(const std::string& id) {
  longpoll_replay all(id);
  all.take_all();
  all.compare_callbacks();
}

} // namespace

TEST_CASE("a client that polls joins, pushes and gets what is broadcast", "[lp_basic]") {
  replay("lp_basic");
}
TEST_CASE("a client that may not connect gets the status 403", "[lp_refused]") {
  replay("lp_refused");
}
TEST_CASE("a token may come as a header", "[lp_header]") {
  replay("lp_header");
}
TEST_CASE("errors of channels are no errors of requests", "[lp_errors]") {
  replay("lp_errors");
}
TEST_CASE("lines beyond a hundred are ignored", "[lp_batch]") {
  longpoll_replay all("lp_batch");
  json messages = json::array();
  for (int i = 1; i <= 100; ++i)
    messages.push_back(json::array({nullptr,
                                    std::to_string(i),
                                    "phoenix",
                                    "phx_reply",
                                    {{"response", json::object()}, {"status", "ok"}}})
                           .dump());
  all.step(2)["response"]["body"] =
      json{{"messages", messages}, {"status", 200}, {"token", "<token:1>"}}.dump();
  all.take_all();
  all.compare_callbacks();
}
TEST_CASE("a token of the application comes as a header", "[lp_auth]") {
  replay("lp_auth");
}
TEST_CASE("a client of version 1 posts one object", "[lp_v1]") {
  replay("lp_v1");
}

// What JSON cannot hold is left out, and does not break the answer.
TEST_CASE("octets can be posted, and not be fetched", "[lp_bodies]") {
  longpoll_replay all("lp_bodies", 1s);
  all.step(8)["response"] = {
      {"http_status", 200},
      {"headers", json::object()},
      {"body", R"({"messages":[],"status":200,"token":"<token:1>"})"}};
  all.take_all();
  all.compare_callbacks();
}

// As for any other path: another method gets 405.
TEST_CASE("without a session there is nothing to post to, and a GET begins one",
          "[lp_gone]") {
  longpoll_replay all("lp_gone", 500ms);
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& step = all.step(i);
    if (step["request"]["method"] == "PUT")
      step["response"]["http_status"] = 405;
    const auto target = step["request"]["target"].get<std::string>();
    if (step["request"]["body"] == R"(["1","2","room:a","ok",{}])")
      all.await_callback(":inactive");
    all.take(i);
  }
  all.compare_callbacks();
}

TEST_CASE("a disconnect ends the session; the poll that waits gets nothing",
          "[lp_disconnect]") {
  longpoll_replay all("lp_disconnect");
  for (std::size_t i = 0; i < 3; ++i)
    all.take(i);
  auto waiting = all.begin(3);
  websock::channels::disconnect(all.node(), "users:lpu");
  all.end(3, waiting);
  all.take(4);
  all.take(5);
  all.compare_callbacks();
}

// A join that lasts holds up nothing here: the POST is answered at once.
TEST_CASE("a slow join does not keep its client waiting", "[lp_slow]") {
  longpoll_replay all("lp_slow", 500ms);
  all.step(1)["response"]["body"] = R"({"status":200})";
  all.take_all();
  all.compare_callbacks();
}

TEST_CASE("of two polls at once the later gets the messages", "[lp_two_gets]") {
  longpoll_replay all("lp_two_gets", 2s);
  for (std::size_t i = 0; i < 3; ++i)
    all.take(i);
  auto first = all.begin(4);
  auto second = all.begin(3);
  websock::channels::broadcast(all.node(), "room:a", "ev", {{"n", 1}});
  all.end(3, second);
  all.end(4, first);
  all.compare_callbacks();
}
