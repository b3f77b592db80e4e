// The session of a client that polls: what it keeps, how long it lives, how it ends.
#include "tests/catch.hpp"
#include "tests/channels/longpoll/poll_lab.hpp"

#include <string>

using namespace std::chrono_literals;
using tests::lines;
using tests::poll_lab;

TEST_CASE("a poll gets what there is, or waits for it") {
  poll_lab f;
  f.open_and_join();
  f.tell(1);
  f.tell(2);
  CHECK(f.get()->messages() == lines{f.told(1), f.told(2)});
  const auto waiting = f.get();
  CHECK(waiting->status() == nullptr);
  f.node.advance(9s);
  f.tell(3);
  CHECK(waiting->messages() == lines{f.told(3)});
  CHECK(waiting->body()["token"] == f.token);
}

TEST_CASE("a window without messages ends with nothing, and the client polls again") {
  poll_lab f;
  f.open_and_join();
  for (int i = 0; i < 3; ++i) {
    const auto waiting = f.get();
    f.node.advance(9'999ms);
    CHECK(waiting->status() == nullptr);
    f.node.advance(1ms);
    CHECK(waiting->body()
          == tests::json{
              {"messages", tests::json::array()}, {"status", 204}, {"token", f.token}});
  }
}

TEST_CASE("the later of two polls gets the messages, the other one waits in vain") {
  poll_lab f;
  f.open_and_join();
  const auto first = f.get();
  f.node.advance(4s);
  const auto second = f.get();
  f.node.advance(1s);
  CHECK(first->status() == nullptr);
  f.tell(1);
  CHECK(second->messages() == lines{f.told(1)});
  CHECK(first->status() == nullptr);
  f.node.advance(5s);
  CHECK(first->status() == 204);
}

TEST_CASE("a client that leaves while it polls loses nothing") {
  poll_lab f;
  f.open_and_join();
  const auto waiting = f.get();
  f.node.node().exit(waiting->process, runtime::reason::shutdown(std::string("closed")));
  f.node.run_until_idle();
  f.tell(1);
  CHECK(f.get()->messages() == lines{f.told(1)});
}

TEST_CASE("a session that nobody polls ends after one and a half windows") {
  poll_lab f;
  f.open_and_join();
  f.node.advance(14'999ms);
  CHECK(f.all->statistics().sessions == 1);
  CHECK(f.post(R"(["1","2","room:a","e",{}])")->status() == 200); // posts do not count
  f.node.advance(1ms);
  CHECK(f.all->statistics().sessions == 0);
  CHECK(f.script.log == lines{R"(terminate {shutdown, "inactive"})"});
  CHECK(f.post(R"(["1","2","room:a","e",{}])")->status() == 410);
  const auto next = f.get();
  CHECK(next->status() == 410);
  CHECK(next->body()["token"] != f.token);
}

TEST_CASE("a client that leaves while it polls has one and a half windows to come back") {
  poll_lab f;
  f.open_and_join();
  const auto waiting = f.get();
  f.node.advance(5s);
  f.node.node().exit(waiting->process, runtime::reason::shutdown(std::string("closed")));
  f.node.advance(14s);
  CHECK(f.all->statistics().sessions == 1);
  f.node.advance(1s);
  CHECK(f.all->statistics().sessions == 0);
}

TEST_CASE("messages that nobody fetches end the session, and are counted") {
  poll_lab f({.max_unread = 3});
  f.open_and_join();
  for (int i = 0; i < 3; ++i)
    f.tell(i);
  CHECK(f.all->statistics().sessions == 1);
  f.tell(3);
  CHECK(f.all->statistics().sessions == 0);
  CHECK(f.all->statistics().overflows == 1);
  CHECK(f.script.log == lines{R"(terminate {shutdown, "too_many_unread"})"});
}

TEST_CASE("so do their bytes, but for one message alone") {
  poll_lab f({.max_unread_bytes = 100});
  f.open_and_join();
  websock::channels::broadcast(f.node.node(), "room:a", "ev",
                               {{"long", std::string(500, 'x')}});
  f.node.run_until_idle();
  CHECK(f.get()->messages().size() == 1);
  for (int i = 0; i < 2; ++i)
    f.tell(i); // 33 bytes each
  CHECK(f.all->statistics().sessions == 1);
  f.tell(22);
  CHECK(f.all->statistics().sessions == 1); // 100 bytes
  f.tell(3);
  CHECK(f.all->statistics().overflows == 1);
}

TEST_CASE("what is no message ends the session") {
  for (const auto* line : {"[", "", "[\"\xFF\",\"1\",\"room:a\",\"e\",{}]", "AAAA"}) {
    poll_lab f;
    f.open_and_join();
    const auto waiting = f.get();
    CHECK(f.post(line)->status() == 408);
    CHECK(waiting->status() == 204);
    CHECK(f.script.log == lines{"terminate error: malformed message"});
    CHECK(f.post("[")->status() == 410);
    CHECK(f.get()->status() == 410);
  }
}

TEST_CASE("a line that is neither JSON nor base64 is refused, and nothing is taken") {
  poll_lab f;
  f.open();
  CHECK(f.post("[null,\"1\",\"phoenix\",\"heartbeat\",{}]\nno base64!")->status() == 400);
  const auto waiting = f.get();
  CHECK(waiting->status() == nullptr);
}

TEST_CASE("octets that are no text are left out") {
  poll_lab f;
  f.script.handle_in = [](tests::scripted_channel&, std::string_view,
                          const websock::channel::payload&) {
    return tests::scripted_channel::answer(websock::channels::payload::binary("\xFF"));
  };
  f.open_and_join();
  CHECK(f.post(R"(["1","2","room:a","e",{}])")->status() == 200);
  f.tell(1);
  CHECK(f.get()->messages() == lines{f.told(1)});
  CHECK(f.node.log_lines().back().find("octets") != std::string::npos);
}

TEST_CASE("a server that stops ends all sessions and begins no more") {
  poll_lab f;
  f.open_and_join();
  const auto waiting = f.get();
  f.all->drain();
  f.node.run_until_idle();
  CHECK(waiting->status() == 204);
  CHECK(f.script.log == lines{R"(terminate {shutdown, "draining"})"});
  CHECK(f.all->statistics().sessions == 0);
  CHECK(f.get()->status() == 503);
  CHECK(f.post("[]")->status() == 410);
}

TEST_CASE("a session that ends kills the joins that last") {
  poll_lab f;
  f.script.join = [](tests::scripted_channel& its, const auto&) -> tests::join_result {
    co_await its.self().sleep(1h);
    co_return tests::scripted_channel::accept();
  };
  f.open();
  CHECK(f.post(tests::join_a)->status() == 200);
  const auto channel = f.script.processes.at("room:a");
  CHECK(channel.is_alive());
  f.node.advance(15s);
  CHECK_FALSE(channel.is_alive());
}

TEST_CASE("there is room for so many sessions") {
  poll_lab f({.max_sessions = 2});
  f.open();
  f.open();
  CHECK(f.request("GET", "")->status() == 503);
  CHECK(f.all->statistics().refusals == 1);
  f.node.advance(15s);
  f.open();
}

TEST_CASE("requests that begin no session") {
  poll_lab f;
  CHECK(f.request("HEAD", "")->status() == 405);
  CHECK(f.request("GET", "&a=%FF")->status() == 400);
  CHECK(f.request("GET", "", "Origin: http://elsewhere\r\n")->status() == 403);
  CHECK(f.request("POST", "", "Origin: http://elsewhere\r\n", "[]")->status() == 403);
  CHECK(f.request("GET", "&vsn=3.0.0")->status() == 403);
  CHECK(f.all->statistics().sessions == 0);
  CHECK(f.request("GET", "", "Origin: http://h\r\n")->status() == 410);
}

TEST_CASE("of tokens the header counts first, then the last in the query") {
  poll_lab f;
  f.open();
  const auto header = "X-Phoenix-Longpoll-Token: " + f.token + "\r\n";
  CHECK(
      f.request("POST", "&token=app", header, "[null,\"1\",\"phoenix\",\"heartbeat\",{}]")
          ->status()
      == 200);
  CHECK(f.request("GET", "&token=app&token=" + f.token)->messages().size() == 1);
  CHECK(f.request("POST", "&token=" + f.token, "X-Phoenix-Longpoll-Token: x\r\n", "[]")
            ->status()
        == 410);
}
