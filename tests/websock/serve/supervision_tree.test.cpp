// A server's supervision tree: which processes it restarts, which must not notice, and
// when it stops without being asked.
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/supervisor/supervisor_calls.hpp"
#include "websock/runtime/testing/tester.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::thread_process;
using tests::channel;
using tests::connection_notes;
using tests::noted_echo;
using tests::noting;
using tests::running_server;
using tests::tcp_client;
using tests::websocket_client;
using ids = std::vector<std::string>;

namespace {

/// Tells when it comes and goes; its first `failures` starts fail.
class noted_child final : public runtime::gen_server {
public:
  noted_child(std::string name, channel<std::string>& notes,
              std::shared_ptr<std::atomic<int>> failures = nullptr)
      : name_(std::move(name)), notes_(notes), failures_(std::move(failures)) {}

private:
  runtime::server_result init() override {
    self().trap_exit(true);
    if (failures_ && (*failures_)-- > 0)
      throw std::runtime_error("no disk");
    notes_.put("start " + name_);
    return runtime::noreply();
  }
  runtime::server_result handle_cast(runtime::term) override {
    throw std::runtime_error("crash");
  }
  void terminate(const runtime::exit_reason&) override { notes_.put("stop " + name_); }

  const std::string name_;
  channel<std::string>& notes_;
  const std::shared_ptr<std::atomic<int>> failures_;
};

[[nodiscard]] runtime::child_spec noted(const std::string& name,
                                        channel<std::string>& notes) {
  return runtime::child<noted_child>(name, {}, name, std::ref(notes));
}

/// An echo whose terminate is among the notes of the children.
class leaving_echo final : public websock::handler {
public:
  explicit leaving_echo(channel<std::string>& notes) : notes_(notes) {}

private:
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
  void terminate(const websock::close_reason&) override { notes_.put("connection"); }
  channel<std::string>& notes_;
};

[[nodiscard]] runtime::pid child_of(thread_process& me, const websock::server& of,
                                    const std::string& id) {
  for (const auto& each : runtime::which_children(me, of.supervisor()))
    if (each.id == id)
      return each.process;
  return {};
}

/// Kills a child and waits until it is gone; the supervisor starts it again.
void kill_child(thread_process& me, const websock::server& of, const std::string& id) {
  const auto victim = child_of(me, of, id);
  const auto monitor = me.monitor(victim);
  me.exit(victim, runtime::reason::kill);
  REQUIRE(me.receive(tests::patience, [&](const runtime::down& gone) {
    CHECK(gone.ref == monitor);
    CHECK(gone.reason == runtime::reason::killed);
  }));
}

void check_echo(websocket_client& client) {
  client.text("x");
  CHECK(client.take_text() == "x");
}

void agree(websocket_client& client, std::uint16_t code) {
  CHECK(client.take_close() == code);
  client.close(code);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
}

/// Makes every accept on `port` fail with EINVAL, as a socket that does not listen does.
void break_listening_socket(std::uint16_t port) {
  for (int descriptor = 3; descriptor < 1'024; ++descriptor) {
    int listens = 0;
    socklen_t size = sizeof listens;
    sockaddr_in name{};
    socklen_t name_size = sizeof name;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0
        && listens != 0
        && ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &name_size) == 0
        && ntohs(name.sin_port) == port) {
      ::shutdown(descriptor, SHUT_RDWR);
      return;
    }
  }
  FAIL("nobody listens on this port");
}

[[nodiscard]] std::vector<std::string> take(channel<std::string>& from, int count) {
  std::vector<std::string> taken;
  while (count-- > 0)
    taken.push_back(from.take());
  return taken;
}

} // namespace

TEST_CASE(
    "a server's children start in order, before it accepts, and are found by name") {
  channel<std::string> notes;
  running_server subject([&](websock::server& server) {
    server.supervise(noted("first", notes)).supervise(noted("second", notes));
  });
  CHECK(take(notes, 2) == ids{"start first", "start second"});
  thread_process me(subject.node);
  ids found;
  for (const auto& each : runtime::which_children(me, subject.server.supervisor())) {
    CHECK(each.status == runtime::child_status::running);
    found.push_back(each.id);
  }
  CHECK(found == ids{"listener", "connections", "second", "first"}); // the last one first
}

TEST_CASE("a listener that is killed lets in those who waited meanwhile") {
  connection_notes notes;
  running_server subject(noting<noted_echo>(notes));
  thread_process me(subject.node);
  websocket_client before(subject.port());
  for (int round = 0; round < 3; ++round) {
    const auto victim = child_of(me, subject.server, "listener");
    const auto monitor = me.monitor(victim);
    std::promise<void> held;
    std::promise<void> release;
    subject.node
        .spawn_on<runtime::detail::function_body<std::function<void(runtime::process&)>>>(
            0, std::function<void(runtime::process&)>([&](runtime::process&) {
              held.set_value();
              release.get_future().wait(); // nobody accepts while the shard stands still
            }));
    held.get_future().wait();
    subject.node.exit(victim, runtime::reason::kill); // ahead of the sockets
    std::vector<tcp_client> waiting;
    for (int i = 0; i < 20; ++i) {
      waiting.emplace_back(subject.port());
      waiting.back().send("GET /none HTTP/1.0\r\n\r\n");
    }
    release.set_value();
    for (auto& each : waiting)
      CHECK(each.take_until("\r\n").ends_with("404 Not Found\r\n"));
    REQUIRE(me.receive(tests::patience,
                       [&](const runtime::down& gone) { CHECK(gone.ref == monitor); }));
    CHECK(child_of(me, subject.server, "listener") != victim);
    check_echo(before);
  }
  CHECK_FALSE(subject.server.failure());
}

TEST_CASE("a socket that is broken ends the server, and run says so") {
  connection_notes notes;
  channel<std::string> log;
  runtime::node node{{.shards = 2,
                      .pool_threads = 1,
                      .slow_turn = 0ms,
                      .log = [&](runtime::log_level, std::string_view line) {
                        log.put(std::string(line));
                      }}};
  websock::server subject(node, {.port = 0, .drain = {.deadline = 60s, .code = 1012}});
  subject.websocket<noted_echo>("/", std::ref(notes));
  channel<std::uint16_t> started;
  auto running = std::async(std::launch::async, [&] {
    return subject.run([&] { started.put(subject.port()); });
  });
  const auto port = started.take();
  websocket_client client(port);
  notes.started.take();
  break_listening_socket(port);
  agree(client, 1012);
  REQUIRE(running.wait_for(tests::patience) == std::future_status::ready);
  CHECK(running.get() == 1);
  CHECK(notes.terminated.take() == "shutdown");
  const auto failure = subject.failure();
  REQUIRE(failure);
  CHECK(failure->child == "listener");
  CHECK(failure->reason == runtime::reason::error("accept: Invalid argument"));
  std::string last;
  while (!log.empty())
    if (const auto line = log.take(); line.starts_with("the server ends: "))
      last = line;
  CHECK(last
        == "the server ends: child \"listener\" failed too often, at last with error: "
           "accept: Invalid argument");
  CHECK_THROWS_AS(tcp_client(port), std::system_error);
}

TEST_CASE("a child that crashes is started again, and connections do not notice") {
  channel<std::string> children;
  connection_notes notes;
  running_server subject([&](websock::server& server) {
    noting<noted_echo>(notes)(server);
    server.supervise(noted("house", children));
  });
  websocket_client client(subject.port());
  thread_process me(subject.node);
  runtime::cast(child_of(me, subject.server, "house"), 0);
  CHECK(take(children, 3) == ids{"start house", "stop house", "start house"});
  kill_child(me, subject.server, "house");
  CHECK(children.take() == "start house");
  check_echo(client);
  websocket_client another(subject.port());
  check_echo(another);
  CHECK_FALSE(subject.server.failure());
  CHECK(notes.terminated.empty());
}

TEST_CASE("a child that crashes too often ends the server in order") {
  channel<std::string> notes;
  running_server subject(
      [&](websock::server& server) {
        server.websocket<leaving_echo>("/", std::ref(notes));
        server.supervise(noted("good", notes)).supervise(noted("bad", notes));
      },
      {.drain = {.deadline = 60s}, .max_restarts = 1});
  CHECK(take(notes, 2) == ids{"start good", "start bad"});
  websocket_client client(subject.port());
  check_echo(client);
  thread_process me(subject.node);
  const auto monitor = me.monitor(subject.server.supervisor());
  runtime::cast(child_of(me, subject.server, "bad"), 0);
  CHECK(take(notes, 2) == ids{"stop bad", "start bad"});
  CHECK_FALSE(subject.server.failure());
  runtime::cast(child_of(me, subject.server, "bad"), 0);
  agree(client, 1001);
  CHECK(take(notes, 3) == ids{"stop bad", "connection", "stop good"});
  REQUIRE(me.receive(tests::patience, [&](const runtime::down& gone) {
    CHECK(gone.ref == monitor);
    CHECK(gone.reason == runtime::reason::shutdown);
  }));
  CHECK(subject.server.is_draining());
  CHECK(subject.server.failure()
        == websock::server_failure{"bad", runtime::reason::error("crash")});
  subject.server.stop();
  CHECK_THROWS_WITH(subject.server.start(),
                    "start: this server was stopped, and serves no more");
}

TEST_CASE("a drain ends the listener, then connections, then children, the last one "
          "first") {
  channel<std::string> notes;
  running_server subject([&](websock::server& server) {
    server.websocket<leaving_echo>("/", std::ref(notes));
    server.supervise(noted("first", notes)).supervise(noted("second", notes));
  });
  websocket_client client(subject.port());
  check_echo(client);
  CHECK(take(notes, 2) == ids{"start first", "start second"});
  thread_process me(subject.node);
  const auto listening = me.monitor(child_of(me, subject.server, "listener"));
  const auto connected = me.monitor(child_of(me, subject.server, "connections"));
  const auto next_down = [&] {
    return me.receive(tests::patience,
                      [](const runtime::down& gone) { return gone.ref; });
  };
  auto draining = std::async(std::launch::async,
                             [&] { return subject.server.drain({.deadline = 60s}); });
  CHECK(client.take_close() == 1001);
  CHECK(next_down() == listening); // while the client has not answered
  CHECK(notes.take() == "connection");
  CHECK(notes.empty());
  client.close(1001);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
  CHECK(next_down() == connected);
  CHECK(take(notes, 2) == ids{"stop second", "stop first"});
  CHECK(draining.get() == websock::drain_result{.closed = 1, .killed = 0});
  CHECK(subject.log.empty());
}

TEST_CASE("a child that does not come up is the reason why the server does not start") {
  channel<std::string> notes;
  runtime::node node({.shards = 2,
                      .pool_threads = 1,
                      .log = [](runtime::log_level, std::string_view) {}});
  websock::server subject(node, {.port = 0});
  const auto failures = std::make_shared<std::atomic<int>>(1);
  subject.supervise(noted("good", notes))
      .supervise(runtime::child<noted_child>("accounts", {}, "accounts", std::ref(notes),
                                             failures));
  CHECK_THROWS_WITH(subject.start(),
                    "start: child \"accounts\" did not come up: error: no disk");
  CHECK(take(notes, 2) == ids{"start good", "stop good"});
  CHECK(subject.port() == 0);
  subject.start(); // now there is one
  CHECK(take(notes, 2) == ids{"start good", "start accounts"});
  tcp_client client(subject.port());
  client.send("GET /none HTTP/1.0\r\n\r\n");
  CHECK(client.take_until("\r\n").ends_with("404 Not Found\r\n"));
  subject.stop();
  CHECK(take(notes, 2) == ids{"stop accounts", "stop good"});
}

TEST_CASE("children have names of their own, and are set before start") {
  channel<std::string> notes;
  websock::server subject({.port = 0, .shards = 1});
  subject.supervise(noted("a", notes));
  for (const auto* taken : {"a", "listener", "connections"})
    CHECK_THROWS_WITH(subject.supervise(noted(taken, notes)),
                      "child \"" + std::string(taken)
                          + "\": the server has a child with this id");
  subject.start();
  CHECK_THROWS_WITH(subject.supervise(noted("b", notes)),
                    "child \"b\": children are set before start");
}

TEST_CASE(
    "a supervisor that is killed takes the server along, and connections are told") {
  connection_notes notes;
  running_server subject(noting<noted_echo>(notes), {.drain = {.deadline = 60s}});
  websocket_client client(subject.port());
  notes.started.take();
  subject.node.exit(subject.server.supervisor(), runtime::reason::kill);
  CHECK(client.take_close() == 1001);
  tcp_client late(subject.port()); // the listener went along: somebody else lets it in
  late.send(tests::upgrade_request("/"));
  CHECK(tests::take_answer(late).status == 503);
  client.close(1001);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
  CHECK(notes.terminated.take() == "shutdown");
  subject.server.stop();
  CHECK(subject.server.failure() == websock::server_failure{"", runtime::reason::killed});
  CHECK(to_string(*subject.server.failure()) == "its supervisor exited with killed");
}

TEST_CASE("the process that stands for the connections may be killed without harm") {
  connection_notes notes;
  running_server subject(noting<noted_echo>(notes), {.drain = {.deadline = 60s}});
  websocket_client client(subject.port());
  notes.started.take();
  thread_process me(subject.node);
  kill_child(me, subject.server, "connections");
  check_echo(client);
  auto draining =
      std::async(std::launch::async, [&] { return subject.server.drain({}); });
  agree(client, 1001);
  CHECK(draining.get() == websock::drain_result{.closed = 1, .killed = 0});
}

TEST_CASE("a drain whose process is killed waits for the connections all the same") {
  connection_notes notes;
  running_server subject(noting<noted_echo>(notes));
  websocket_client client(subject.port());
  notes.started.take();
  thread_process me(subject.node);
  const auto process = child_of(me, subject.server, "connections");
  const auto monitor = me.monitor(process);
  auto draining = std::async(std::launch::async,
                             [&] { return subject.server.drain({.deadline = 60s}); });
  CHECK(client.take_close() == 1001);
  me.exit(process, runtime::reason::kill);
  REQUIRE(me.receive(tests::patience,
                     [&](const runtime::down& gone) { CHECK(gone.ref == monitor); }));
  CHECK(draining.wait_for(0s) == std::future_status::timeout);
  client.close(1001);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
  CHECK(draining.get() == websock::drain_result{.closed = 1, .killed = 0});
}

TEST_CASE("run ends when its node is stopped by somebody else, and that is no failure") {
  connection_notes notes;
  runtime::node node({.shards = 2, .pool_threads = 1});
  websock::server subject(node, {.port = 0});
  subject.websocket<noted_echo>("/", std::ref(notes));
  channel<std::uint16_t> started;
  auto running = std::async(std::launch::async, [&] {
    return subject.run([&] {
      started.put(subject.port());
      node.stop();
    });
  });
  started.take();
  REQUIRE(running.wait_for(tests::patience) == std::future_status::ready);
  CHECK(running.get() == 0);
}

TEST_CASE("on a node that a test steps, the tree lives and ends with the steps") {
  channel<std::string> notes;
  runtime::testing::stepped_node node(1U);
  {
    websock::server subject(node.node(), {.port = 0});
    subject.supervise(noted("house", notes));
    subject.start();
    CHECK(notes.empty());
    node.run_until_idle();
    CHECK(notes.take() == "start house");
    CHECK(subject.supervisor().is_alive());
    subject.stop();
  }
  node.run_until_idle();
  CHECK(notes.take() == "stop house");
  CHECK(node.node().process_count() == 0);
}
