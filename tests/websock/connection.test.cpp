// The lifecycle of a connection: callbacks, results, close codes, exit reasons. The
// numbers in the tags are those of the rules in docs/semantics.md.
#include "websock/connection.hpp"

#include "runtime/pubsub.hpp"
#include "websock/testing/client.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using runtime::testing::stepped_node;
using websock::testing::client;
using websock::testing::connect;
using websock::testing::connect_with;
using lines = std::vector<std::string>;

namespace {

/// Writes down every callback; what each answers is the test's.
struct script {
  std::function<websock::handle_result(runtime::process&)> init = [](runtime::process&) {
    return websock::ok();
  };
  std::function<websock::handle_result(websock::message_view)> handle_in =
      [](websock::message_view in) { return websock::push(in); };
  std::function<websock::handle_result(runtime::term)> handle_info = [](runtime::term) {
    return websock::ok();
  };
  std::function<websock::handle_result(websock::control_view)> handle_control =
      [](websock::control_view) { return websock::ok(); };
  std::function<void()> terminate = [] {};
  lines log;
};

class scripted final : public websock::behaviour {
public:
  explicit scripted(std::shared_ptr<script> todo) : todo_(std::move(todo)) {}
  ~scripted() override { todo_->log.push_back("destroyed"); }

private:
  websock::handle_result init() override {
    todo_->log.push_back("init");
    return todo_->init(self());
  }
  websock::handle_result handle_in(websock::message_view in) override {
    todo_->log.push_back("in " + std::string(in.text()));
    return todo_->handle_in(in);
  }
  websock::handle_result handle_info(runtime::term info) override {
    todo_->log.push_back("info " + to_string(info));
    return todo_->handle_info(std::move(info));
  }
  websock::handle_result handle_control(websock::control_view control) override {
    todo_->log.push_back((control.is_ping() ? "ping " : "pong ")
                         + std::string(control.payload()));
    return todo_->handle_control(control);
  }
  void terminate(const websock::close_reason& why) override {
    todo_->log.push_back("terminate " + to_string(why));
    todo_->terminate();
  }

  std::shared_ptr<script> todo_;
};

/// Notes how a process ends, as a monitor hears it.
class watcher final : public runtime::behaviour {
public:
  watcher(runtime::pid target, std::shared_ptr<lines> log)
      : target_(std::move(target)), log_(std::move(log)) {}

private:
  void on_start() override { static_cast<void>(self().monitor(target_)); }
  void on_message(runtime::term message) override {
    log_->push_back(to_string(message.get<runtime::down>().reason));
  }
  runtime::pid target_;
  std::shared_ptr<lines> log_;
};

using close_frame = std::pair<std::uint16_t, std::string>;

struct fixture {
  explicit fixture(websock::upgrade_options options = {}, script todo = {})
      : work(std::make_shared<script>(std::move(todo))),
        peer(connect_with<scripted>(node, options, work)) {
    node.spawn<watcher>(peer.pid(), ends);
    node.run_until_idle();
  }

  stepped_node node{7, {.shards = 1, .pool_threads = 1}};
  std::shared_ptr<lines> ends = std::make_shared<lines>();
  std::shared_ptr<script> work;
  client peer;
};

[[nodiscard]] script answering(websock::handle_result (*answer)()) {
  script todo;
  todo.handle_in = [answer](websock::message_view) { return answer(); };
  return todo;
}

} // namespace

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

TEST_CASE(
    "the stop reason decides close code, terminate's argument and exit reason [5][8]") {
  struct row {
    websock::handle_result (*answer)();
    close_frame sent;
    std::string terminated;
    std::string exited;
  };
  const row rows[] = {
      {[] { return websock::stop(runtime::normal); }, {1000, ""}, "normal", "normal"},
      {[] { return websock::stop(runtime::shutdown("restart")); },
       {1012, ""},
       "normal",
       "{shutdown, \"restart\"}"},
      {[] { return websock::stop(runtime::shutdown("disconnected")); },
       {1000, ""},
       "normal",
       "{shutdown, \"disconnected\"}"},
      {[] { return websock::stop(runtime::shutdown); },
       {1011, ""},
       "{error, shutdown}",
       "shutdown"},
      {[] { return websock::stop(runtime::reason(42)); },
       {1011, ""},
       "{error, 42}",
       "42"},
      {[] {
         return websock::stop(runtime::normal, {4000, "bye"});
       },
       {4000, "bye"},
       "normal",
       "normal"},
      {[] {
         return websock::stop(runtime::reason(1), {1003, "no"});
       },
       {1003, "no"},
       "{error, 1}",
       "1"},
      {[] { return websock::stop(runtime::normal, {1001}, websock::text("last")); },
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
  fixture f({.close_timeout = 5s},
            answering([] { return websock::stop(runtime::normal); }));
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
  std::vector<std::pair<std::string, std::function<void(fixture&)>>> cases;
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
  for (const auto& todo : {in_init, in_in, in_info, in_control}) {
    fixture f({}, todo);
    f.peer.ping();
    runtime::send(f.peer.pid(), 1);
    f.node.run_until_idle();
    f.peer.text("x");
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == close_frame{1011, ""});
    const auto& log = f.work->log;
    CHECK(std::count(log.begin(), log.end(), "terminate {error, error: boom}") == 1);
    CHECK(log.back() == "destroyed");
    REQUIRE(f.node.log_lines().size() == 1);
    CHECK(f.node.log_lines()[0].find("boom") != std::string::npos);
    CHECK(f.node.log_lines()[0].find("scripted") != std::string::npos);
    CHECK(f.node.log_lines()[0].find(to_string(f.peer.pid())) != std::string::npos);
  }
}

TEST_CASE("terminate may throw: it is logged, and the close frame still goes out [13]") {
  auto todo = answering([] { return websock::stop(runtime::normal); });
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
      [] { return websock::stop(runtime::normal, {1005}); },
      [] { return websock::stop(runtime::normal, {999}); },
      [] {
        return websock::stop(runtime::normal, {4000, std::string(124, 'x')});
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

TEST_CASE("silence for the timeout closes with 1001; only inbound bytes count [9]") {
  fixture f({.timeout = 60s});
  f.node.advance(50s);
  f.peer.ping();
  f.node.advance(59s);
  runtime::send(f.peer.pid(), 1);
  f.node.run_until_idle();
  CHECK(f.ends->empty());
  f.node.advance(1s);
  CHECK(f.peer.close_frame() == close_frame{1001, "idle timeout"});
  CHECK(*f.ends == lines{"{shutdown, \"timeout\"}"});
  CHECK(f.work->log
        == lines{"init", "ping ", "info 1", "terminate timeout", "destroyed"});
}

TEST_CASE("a message that dribbles in must be complete by its own deadline [9]") {
  fixture f({.timeout = 60s, .message_timeout = 10s});
  f.peer.raw(
      std::string("\x81\xFE\x10\x00\0\0\0\0", 8)); // 4096 bytes follow, one a second
  for (int second = 0; second < 9; ++second) {
    f.peer.raw("x");
    f.node.advance(1s);
  }
  CHECK(f.ends->empty());
  f.node.advance(1s);
  CHECK(f.peer.close_frame() == close_frame{1008, "message timeout"});
  CHECK(*f.ends == lines{"{shutdown, \"protocol_error\"}"});
}

TEST_CASE("an untrapped exit signal ends it at once: a close frame, no callback [16]") {
  fixture f;
  runtime::send(f.peer.pid(), 1);
  SECTION("shutdown") {
    f.node.node().exit(f.peer.pid(), runtime::shutdown);
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == close_frame{1001, ""});
    CHECK(*f.ends == lines{"shutdown"});
  }
  SECTION("kill") {
    f.node.node().exit(f.peer.pid(), runtime::kill);
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == close_frame{1011, ""});
    CHECK(*f.ends == lines{"killed"});
  }
  CHECK(f.work->log.front() == "init");
  CHECK(f.work->log.back() == "destroyed");
  CHECK(f.work->log.size() <= 3);
  CHECK(f.peer.is_ended());
}

TEST_CASE("a trapped exit signal is a message to handle_info [17]") {
  fixture f({.trap_exit = true});
  f.node.node().exit(f.peer.pid(), runtime::reason(5));
  f.node.run_until_idle();
  CHECK(f.work->log == lines{"init", "info exit_signal{<none>, 5}"});
  CHECK(f.ends->empty());
}

TEST_CASE("a crash of one connection never touches another [18]") {
  script todo;
  todo.handle_in = [](websock::message_view) -> websock::handle_result {
    throw std::runtime_error("boom");
  };
  fixture f({}, todo);
  const auto other_work = std::make_shared<script>();
  auto other = connect<scripted>(f.node, other_work);
  f.peer.text("x");
  other.text("y");
  f.node.run_until_idle();
  CHECK(other.texts() == lines{"y"});
  CHECK(other_work->log == lines{"init", "in y"});
}

TEST_CASE("above the high mark the process waits, below the low mark it goes on, all in "
          "order") {
  script todo;
  todo.handle_info = [](runtime::term info) {
    return websock::push(
        websock::text(std::to_string(info.get<int>()) + std::string(900, '.')));
  };
  fixture f({.send_timeout = 30s, .high_mark = 10'000, .low_mark = 2'000}, todo);
  f.peer.take_only(0);
  for (int i = 0; i < 100; ++i)
    runtime::send(f.peer.pid(), i);
  f.node.run_until_idle();
  const auto handled = f.work->log.size();
  CHECK(handled < 60);
  CHECK(f.peer.pid().local()->message_queue_len() > 40);
  for (int i = 0; i < 200; ++i) {
    f.peer.take(1'000);
    f.node.run_until_idle();
  }
  const auto texts = f.peer.texts();
  REQUIRE(texts.size() == 100);
  for (int i = 0; i < 100; ++i)
    CHECK(texts[static_cast<std::size_t>(i)].starts_with(std::to_string(i) + "."));
}

TEST_CASE("a peer that takes nothing for send_timeout is given up [15]") {
  fixture f({.timeout = 60s, .send_timeout = 30s},
            answering([] { return websock::push(websock::text("answer")); }));
  f.peer.take_only(3);
  f.peer.text("x");
  f.node.advance(29s);
  CHECK(f.ends->empty());
  f.node.advance(1s);
  CHECK(*f.ends == lines{"{shutdown, \"timeout\"}"});
  CHECK(f.work->log == lines{"init", "in x", "terminate {error, timeout}", "destroyed"});
}

TEST_CASE("a line broadcast by one connection reaches the others as a message") {
  class member final : public websock::behaviour {
    websock::handle_result init() override {
      runtime::pubsub::subscribe(self(), "room");
      return websock::ok();
    }
    websock::handle_result handle_in(websock::message_view in) override {
      runtime::pubsub::broadcast_from(self(), "room", std::string(in.text()));
      return websock::ok();
    }
    websock::handle_result handle_info(runtime::term info) override {
      return websock::push(websock::text(info.get<std::string>()));
    }
  };
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  auto ada = connect<member>(node);
  auto bob = connect<member>(node);
  node.run_until_idle();
  ada.text("hi");
  ada.text("there");
  node.run_until_idle();
  CHECK(bob.texts() == lines{"hi", "there"});
  CHECK(ada.texts().empty());
}
