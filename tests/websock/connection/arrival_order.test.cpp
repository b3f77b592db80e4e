// Rule 20: a connection handles a message sent before its peer sent a frame before that
// frame, and a frame that arrived before a message was sent before that message.
#include "websock/handler/handler.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/stage.hpp"
#include "tests/support/tls_client.hpp"
#include "tests/support/websocket_client.hpp"
#include "tests/websock/connection/socket_connection.hpp"

#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

using namespace tests;

namespace {

/// Writes down what it handles: the first two characters of it.
class noting final : public websock::handler {
public:
  explicit noting(std::shared_ptr<lines> log) : log_(std::move(log)) {}

private:
  websock::handle_result init() override {
    runtime::pubsub::subscribe(self(), "all");
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view in) override {
    log_->push_back(std::string(in.text().substr(0, 2)));
    return websock::ok();
  }
  websock::handle_result handle_info(runtime::term info) override {
    log_->push_back(info.get<std::string>());
    return websock::ok();
  }
  void terminate(const websock::close_reason&) override { log_->push_back("end"); }

  std::shared_ptr<lines> log_;
};

/// On a socket of the kernel; nothing happens but what the test does.
struct scene {
  scene() : connection({}, {}, GENERATE_COPY(from_range(tests::kinds())), log) {}

  void hold() const { tests::suspend(connection.pid); }
  void go_on() {
    tests::resume(connection.pid);
    connection.node.run_until_idle();
  }
  /// Comes to the socket; the shard does not look.
  void frame(const std::string& text) const { connection.send(tests::text_frame(text)); }
  /// Is on its way to the shard, which does not look.
  void message(const std::string& text) const { runtime::send(connection.pid, text); }
  void look_at_inbox() { connection.node.run_until_idle(); }
  void look_at_sockets() { connection.shard.poll(); }
  /// Held, with a message in its mailbox, behind that the place of a frame, and another
  /// message on its way.
  void hold_around_a_frame() {
    hold();
    message("m1");
    look_at_inbox();
    frame("f1");
    look_at_sockets();
    message("m2");
  }
  void work() {
    for (int i = 0; i < 20; ++i) {
      look_at_sockets();
      look_at_inbox();
    }
  }

  std::shared_ptr<lines> log = std::make_shared<lines>();
  tests::socket_connection<noting> connection;
};

} // namespace

TEST_CASE("frames and messages are handled as they arrived, however many wait [20]") {
  stage on;
  observed c(on, {}, {.compress = GENERATE(false, true)});
  c.hold();
  lines expected{"init"};
  for (const std::string number : {"1", "2", "3"}) {
    runtime::send(c.pid(), "m" + number);
    on.node.run_until_idle();
    c.peer.text("f" + number);
    on.node.run_until_idle();
    expected.push_back("info \"m" + number + '"');
    expected.push_back("in f" + number);
  }
  c.go_on();
  CHECK(c.callbacks() == expected);
}

TEST_CASE("at the place of a frame nothing is read that came later [20]") {
  scene f;
  f.hold_around_a_frame();
  f.look_at_inbox();
  f.frame("f2");
  f.go_on();
  CHECK(*f.log == lines{"m1", "f1", "m2"});
  f.work();
  CHECK(*f.log == lines{"m1", "f1", "m2", "f2"});
}

TEST_CASE("all that has come has one place, however many reads it takes [20]") {
  scene f;
  f.hold();
  f.message("m1");
  f.look_at_inbox();
  for (const auto* name : {"f1", "f2", "f3"})
    f.frame(name + std::string(40'000, 'x'));
  for (int i = 0; i < 5; ++i)
    f.look_at_sockets();
  f.message("m2");
  f.look_at_inbox();
  f.go_on();
  CHECK(*f.log == lines{"m1", "f1", "f2", "f3", "m2"});
}

TEST_CASE("a message that is on its way to the shard comes before a frame that is read "
          "[20]") {
  scene f;
  SECTION("a frame") {
    f.message("m1");
    f.frame("f1");
    f.look_at_sockets();
    f.frame("f2");
    f.look_at_sockets();
    f.look_at_inbox();
    f.work();
    CHECK(*f.log == lines{"m1", "f1", "f2"});
  }
  SECTION("a busy process") {
    f.hold();
    f.message("m1");
    f.look_at_inbox();
    f.message("m2");
    f.frame("f1");
    f.look_at_sockets();
    f.go_on();
    f.work();
    CHECK(*f.log == lines{"m1", "m2", "f1"});
  }
  SECTION("the end of the stream") {
    f.message("m1");
    ::shutdown(f.connection.peer, SHUT_WR);
    f.look_at_sockets();
    f.work();
    CHECK(*f.log == lines{"m1", "end"});
  }
  SECTION("a broadcast that is not in the mailboxes yet") {
    f.frame("f1");
    f.connection.shard.post([](runtime::shard& on) {
      on.topics().publish("all", runtime::term(std::string("m1")), nullptr);
      on.poll();
    });
    f.work();
    CHECK(*f.log == lines{"m1", "f1"});
  }
}

TEST_CASE("what waits for its place is no silence [9][20]") {
  using namespace std::chrono_literals;
  stage on;
  observed c(on, {}, {.timeout = 10s});
  c.hold();
  runtime::send(c.pid(), std::string("m1"));
  on.node.run_until_idle();
  on.node.advance(9s);
  SECTION("it came in time") {
    c.peer.text("f1");
    on.node.advance(1s);
  }
  SECTION("it came while the process was late itself") {
    on.node.advance(1s);
    c.peer.text("f1");
    on.node.run_until_idle();
  }
  on.node.advance(5s);
  c.go_on();
  CHECK(c.callbacks() == lines{"init", "info \"m1\"", "in f1"});
  CHECK(c.end() == "alive");
}

TEST_CASE("at the place where silence is looked at nothing is read that came later "
          "[9][20]") {
  using namespace std::chrono_literals;
  stage on;
  observed c(on, {}, {.timeout = 10s});
  c.hold();
  runtime::send(c.pid(), std::string("m1"));
  on.node.run_until_idle();
  on.node.advance(10s);
  runtime::send(c.pid(), std::string("m2"));
  on.node.run_until_idle();
  c.peer.text("f1");
  on.node.run_until_idle();
  c.go_on();
  CHECK(c.callbacks() == lines{"init", "info \"m1\"", "info \"m2\"", "in f1"});
  CHECK(c.end() == "alive");
}

TEST_CASE("a process that ends leaves no place behind, in its mailbox or on the way") {
  scene f;
  f.hold_around_a_frame();
  f.frame("f2");
  f.look_at_sockets();
  f.connection.node.node().exit(f.connection.pid, runtime::reason::kill);
  f.work();
  CHECK(f.log->empty());
  CHECK_FALSE(f.connection.pid.is_alive());
}

namespace {

/// Answers each frame "yes" when as many messages have come before it as it says, and
/// "no" otherwise.
class counting final : public websock::handler {
public:
  explicit counting(tests::channel<runtime::pid>& pids) : pids_(pids) {}

private:
  websock::handle_result init() override {
    pids_.put(self().pid());
    return websock::ok();
  }
  websock::handle_result handle_info(runtime::term) override {
    ++messages_;
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view in) override {
    const bool is_so = std::stoi(std::string(in.text())) <= messages_;
    return websock::push(websock::text(is_so ? "yes" : "no "));
  }

  tests::channel<runtime::pid>& pids_;
  int messages_ = 0;
};

/// Sends messages and then a frame, again and again, without waiting for each answer.
template <class Client>
void check_causality(const runtime::pid& to, Client& client) {
  constexpr int rounds = 300;
  constexpr int burst = 5;
  int messages = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < burst; ++i) {
      for (int more = 0; more <= (round + i) % 3; ++more, ++messages)
        runtime::send(to, messages);
      client.send(tests::text_frame(std::to_string(messages)));
    }
    std::string answers;
    for (int i = 0; i < burst; ++i)
      answers += "\x81\x03yes";
    REQUIRE(client.take(answers.size()) == answers);
  }
}

} // namespace

TEST_CASE(
    "whoever sends a message and then has the client send a frame sees them in that "
    "order, on any shard [20]") {
  tests::channel<runtime::pid> pids;
  const auto routes = [&](websock::server& server) {
    server.websocket<counting>("/", std::ref(pids));
  };
  SECTION("ws") {
    const tests::running_server subject(routes);
    for (int i = 0; i < 2; ++i) { // one on each shard
      tests::tcp_client client(subject.port());
      client.send(tests::upgrade_request("/"));
      static_cast<void>(client.take_until("\r\n\r\n"));
      check_causality(pids.take(), client);
    }
  }
  SECTION("wss") {
    const tests::temporary_folder folder;
    tests::certificate_authority authority(folder);
    const auto files = authority.issue("server", {"IP:127.0.0.1"});
    websock::server_options options;
    options.tls = {files.certificate, files.key};
    const tests::running_server subject(routes, options);
    tests::tls_client client(subject.port(), {.ca_file = authority.file()});
    client.send(tests::upgrade_request("/"));
    static_cast<void>(client.take_until("\r\n\r\n"));
    check_causality(pids.take(), client);
  }
}
