// The lifecycle of a connection: callbacks, results, close codes and exit reasons. The
// numbers in the titles refer to the rules in docs/semantics.md.
#include "websock/connection/connection.hpp"

#include "websock/runtime/registry/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/websock/connection/scripted.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace websock::testing;
using runtime::testing::stepped_node;

TEST_CASE("text and binary messages go to handle_in and what it pushes goes back") {
  fixture f;
  f.peer.text("hello");
  f.peer.binary("world");
  f.node.run_until_idle();
  CHECK(f.work->log == lines{"init", "in hello", "in world"});
  CHECK(f.peer.frames()
        == std::vector<client::frame>{{websock::protocol::opcode::text, "hello"},
                                      {websock::protocol::opcode::binary, "world"}});
}

TEST_CASE("frames and messages are handled in the order of arrival [2]") {
  fixture f;
  runtime::send(f.peer.pid(), 1);
  f.peer.text("a");
  f.node.run_until_idle();
  runtime::send(f.peer.pid(), 2);
  f.peer.text("b");
  f.peer.text("c");
  runtime::send(f.peer.pid(), 3);
  f.node.run_until_idle();
  CHECK(f.work->log
        == lines{"init", "info 1", "in a", "info 2", "in b", "in c", "info 3"});
}

TEST_CASE("all frames of one read come before a message that arrives meanwhile [2]") {
  script todo;
  runtime::pid self;
  todo.init = [&](runtime::process& process) {
    self = process.pid();
    return websock::ok();
  };
  todo.handle_in = [&](websock::message_view in) {
    runtime::send(self, std::string(in.text()));
    return websock::ok();
  };
  fixture f({}, todo);
  f.peer.text("a");
  f.peer.text("b");
  f.node.run_until_idle();
  CHECK(f.work->log == lines{"init", "in a", "in b", "info \"a\"", "info \"b\""});
}

TEST_CASE(
    "a ping is answered before handle_control hears of it, a pong is only heard of") {
  script todo;
  todo.handle_control = [](websock::control_view) {
    return websock::push(websock::text("after"));
  };
  fixture f({}, todo);
  f.peer.ping("p");
  f.peer.pong("q");
  f.node.run_until_idle();
  CHECK(f.work->log == lines{"init", "ping p", "pong q"});
  CHECK(f.peer.frames()
        == std::vector<client::frame>{{websock::protocol::opcode::pong, "p"},
                                      {websock::protocol::opcode::text, "after"},
                                      {websock::protocol::opcode::text, "after"}});
}

TEST_CASE("the stop reason decides close code, terminate's argument and exit reason "
          "[4][5][8]") {
  struct row {
    websock::handle_result (*answer)();
    close_frame sent;
    std::string terminated;
    std::string exited;
  };
  const row rows[] = {
      {[]() -> websock::handle_result { return websock::stop(runtime::reason::normal); },
       {1000, ""},
       "normal",
       "normal"},
      {[]() -> websock::handle_result {
         return websock::stop(runtime::reason::shutdown("restart"));
       },
       {1012, ""},
       "normal",
       "{shutdown, \"restart\"}"},
      {[]() -> websock::handle_result {
         return websock::stop(runtime::reason::shutdown("disconnected"));
       },
       {1000, ""},
       "normal",
       "{shutdown, \"disconnected\"}"},
      {[]() -> websock::handle_result {
         return websock::stop(runtime::reason::shutdown);
       },
       {1011, ""},
       "{error, shutdown}",
       "shutdown"},
      {[]() -> websock::handle_result { return websock::stop(runtime::reason::of(42)); },
       {1011, ""},
       "{error, 42}",
       "42"},
      {[] {
         return websock::stop(runtime::reason::normal, {4000, "bye"});
       },
       {4000, "bye"},
       "normal",
       "normal"},
      {[] {
         return websock::stop(runtime::reason::of(1), {1003, "no"});
       },
       {1003, "no"},
       "{error, 1}",
       "1"},
      {[] {
         return websock::stop(runtime::reason::normal, {1001}, websock::text("last"));
       },
       {1001, ""},
       "normal",
       "normal"}};
  for (const auto& each : rows) {
    fixture f({}, answering(each.answer));
    f.peer.text("x");
    f.peer.text("ignored");
    runtime::send(f.peer.pid(), 1);
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == each.sent);
    CHECK(f.work->log == lines{"init", "in x", "terminate " + each.terminated});
    CHECK(f.ends->empty()); // until the peer answers
    f.peer.close(each.sent.first);
    f.node.run_until_idle();
    CHECK(*f.ends == lines{each.exited});
    CHECK(f.peer.is_ended());
    CHECK(f.work->log.back() == "destroyed");
    CHECK(f.node.log_lines().empty());
  }
}

TEST_CASE("a stop whose close frame is never answered ends after close_timeout [5]") {
  fixture f({.close_timeout = 5s}, answering([]() -> websock::handle_result {
              return websock::stop(runtime::reason::normal);
            }));
  f.peer.text("x");
  f.node.advance(4999ms);
  CHECK(f.ends->empty());
  f.node.advance(1ms);
  CHECK(*f.ends == lines{"normal"});
}

TEST_CASE("the peer's close is echoed and told to terminate [10]") {
  struct row {
    std::function<void(client&)> act;
    close_frame echoed;
    std::string terminated;
  };
  const row rows[] = {
      {[](client& c) { c.close(1000, "bye"); }, {1000, ""}, "{remote, 1000}"},
      {[](client& c) { c.close(4321); }, {4321, ""}, "{remote, 4321}"},
      {[](client& c) { c.close_without_code(); }, {1000, ""}, "{remote, 1005}"},
      {[](client& c) { c.close(1005); }, {1002, ""}, "{remote, 1005}"},
      {[](client& c) { c.close(0); }, {1002, ""}, "{remote, 0}"}};
  for (const auto& each : rows) {
    fixture f;
    each.act(f.peer);
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == each.echoed);
    CHECK(f.work->log == lines{"init", "terminate " + each.terminated, "destroyed"});
    CHECK(*f.ends == lines{"{shutdown, \"remote\"}"});
    CHECK(f.node.log_lines().empty());
  }
}

TEST_CASE("a stream that ends without a close frame: error, closed; frames before it "
          "count [11]") {
  fixture f;
  f.peer.text("x");
  f.peer.disconnect();
  f.node.run_until_idle();
  CHECK(f.work->log
        == lines{"init", "in x", "terminate {error, error: closed}", "destroyed"});
  CHECK(*f.ends == lines{"{shutdown, \"closed\"}"});
  CHECK_FALSE(f.peer.close_frame().has_value());
}

TEST_CASE("a protocol error closes with its code and is no crash [12]") {
  struct row {
    std::string octets;
    std::uint16_t code;
  };
  const row rows[] = {{std::string("\x81\x01x", 3), 1002},            // not masked
                      {std::string("\xC1\x80\0\0\0\0", 6), 1002},     // a reserved bit
                      {std::string("\x83\x80\0\0\0\0", 6), 1002},     // an unknown opcode
                      {std::string("\x81\x81\0\0\0\0\xFF", 7), 1007}, // not UTF-8
                      {std::string("\x82\xFF\0\0\0\0\x7F\0\0\0", 10), 1009}};
  for (const auto& each : rows) {
    fixture f;
    f.peer.raw(each.octets);
    f.peer.text("ignored");
    f.node.run_until_idle();
    REQUIRE(f.peer.close_frame().has_value());
    CHECK(f.peer.close_frame()->first == each.code);
    REQUIRE(f.work->log.size() == 3);
    CHECK(f.work->log[1].starts_with("terminate {error, error: RFC 6455"));
    CHECK(*f.ends == lines{"{shutdown, \"protocol_error\"}"});
    CHECK(f.node.log_lines().empty());
  }
}

TEST_CASE(
    "a callback that throws: 1011, terminate with the error, one line in the log [13]") {
  const auto boom = [] { throw std::runtime_error("boom"); };
  script in_init;
  in_init.init = [&](runtime::process&) {
    boom();
    return websock::ok();
  };
  script in_in;
  in_in.handle_in = [&](websock::message_view) {
    boom();
    return websock::ok();
  };
  script in_info;
  in_info.handle_info = [&](runtime::term) {
    boom();
    return websock::ok();
  };
  script in_control;
  in_control.handle_control = [&](websock::control_view) {
    boom();
    return websock::ok();
  };
  const std::pair<script, int> cases[] = {
      {in_init, 0},
      {in_in, 1},
      {in_info, 1},
      {in_control, 1}}; // and how often terminate runs
  for (const auto& [todo, terminated] : cases) {
    fixture f({}, todo);
    f.peer.ping();
    runtime::send(f.peer.pid(), 1);
    f.node.run_until_idle();
    f.peer.text("x");
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == close_frame{1011, ""});
    const auto& log = f.work->log;
    CHECK(std::count(log.begin(), log.end(), "terminate {error, error: boom}")
          == terminated);
    CHECK(log.back() == "destroyed");
    REQUIRE(f.node.log_lines().size() == 1);
    CHECK(f.node.log_lines()[0].find("boom") != std::string::npos);
    CHECK(f.node.log_lines()[0].find("scripted") != std::string::npos);
    CHECK(f.node.log_lines()[0].find(to_string(f.peer.pid())) != std::string::npos);
  }
}

TEST_CASE("terminate may throw: it is logged, and the close frame still goes out [13]") {
  auto todo = answering(
      []() -> websock::handle_result { return websock::stop(runtime::reason::normal); });
  todo.terminate = [] { throw std::runtime_error("oops"); };
  fixture f({}, todo);
  f.peer.text("x");
  f.node.run_until_idle();
  CHECK(f.peer.close_frame() == close_frame{1000, ""});
  CHECK(f.node.log_lines().size() == 1);
}

TEST_CASE(
    "nothing malformed reaches the wire: the callback counts as having thrown [7]") {
  const auto answer = GENERATE(
      std::function<websock::handle_result()>(
          [] { return websock::push(websock::text("\xFF")); }),
      [] { return websock::push(websock::ping(std::string(126, 'x'))); },
      []() -> websock::handle_result {
        return websock::stop(runtime::reason::normal, {1005});
      },
      []() -> websock::handle_result {
        return websock::stop(runtime::reason::normal, {999});
      },
      [] {
        const int no_code = 65'536 + 1'000; // which a cast would make 1000
        return websock::stop(runtime::reason::normal, no_code);
      },
      []() -> websock::handle_result {
        return websock::stop(runtime::reason::normal, {-64'536L});
      },
      [] {
        return websock::stop(runtime::reason::normal, {4000, std::string(124, 'x')});
      });
  script todo;
  todo.handle_in = [&](websock::message_view) { return answer(); };
  fixture f({}, todo);
  f.peer.text("x");
  f.node.run_until_idle();
  CHECK(f.peer.frames()
        == std::vector<client::frame>{{websock::protocol::opcode::close, "\x03\xF3"}});
  CHECK(f.node.log_lines().size() == 1);
}

TEST_CASE(
    "what a callback did counts although a later frame of the same read crashes [3]") {
  int count = 0;
  script todo;
  todo.handle_in = [&](websock::message_view in) -> websock::handle_result {
    if (in.text() == "crash")
      throw std::runtime_error("boom");
    return websock::push(websock::text(std::to_string(++count)));
  };
  int seen = 0;
  todo.terminate = [&] { seen = count; };
  fixture f({}, todo);
  f.peer.text("a");
  f.peer.text("b");
  f.peer.text("crash");
  f.node.run_until_idle();
  CHECK(seen == 2);
  CHECK(f.peer.texts() == lines{"1", "2"});
}

TEST_CASE("reply sends its messages as push does [6]") {
  script todo;
  todo.handle_in = [](websock::message_view in) {
    return in.text() == "one"
               ? websock::reply(1, websock::text("a"))
               : websock::reply("term",
                                {websock::text("b"), websock::binary(std::string("c"))});
  };
  fixture f({}, todo);
  f.peer.text("one");
  f.peer.text("two");
  f.node.run_until_idle();
  CHECK(f.peer.frames()
        == std::vector<client::frame>{{websock::protocol::opcode::text, "a"},
                                      {websock::protocol::opcode::text, "b"},
                                      {websock::protocol::opcode::binary, "c"}});
}
