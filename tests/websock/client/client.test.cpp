// The whole client over real sockets: with our own server, and without one.
#include "websock/client/client.hpp"

#include "websock/client/client_session.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/supervisor/supervisor.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/client_owner.hpp"
#include "tests/support/echo.hpp"
#include "tests/support/running_server.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using tests::client_owner;
using tests::echo;
using tests::echoing;
using tests::patience;
using tests::running_server;
using websock::client_options;
using websock::client_session;
using websock::connect;
using websock::connect_failed;

namespace {

/// Leaves as soon as it is connected.
class leaver final : public websock::handler {
  websock::handle_result init() override {
    return websock::stop(runtime::reason::normal);
  }
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
};

class noted final : public websock::handler {
public:
  explicit noted(tests::channel<std::string>& ends) : ends_(ends) {}

private:
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
  void terminate(const websock::close_reason& why) override { ends_.put(to_string(why)); }
  tests::channel<std::string>& ends_;
};

/// A process that has a connection.
class linker final : public runtime::behaviour {
public:
  linker(std::string url, runtime::pid told)
      : url_(std::move(url)), told_(std::move(told)) {}

private:
  void on_start() override {
    websock::connect_link<client_session>(self(), url_, {}, told_);
  }
  void on_message(runtime::term) override {}
  std::string url_;
  runtime::pid told_;
};

[[nodiscard]] std::string url_of(const running_server& server,
                                 const std::string& host = "127.0.0.1") {
  return "ws://" + host + ':' + std::to_string(server.port()) + '/';
}

} // namespace

TEST_CASE("a client and a server exchange messages of every length form") {
  running_server subject(echoing);
  client_owner me(subject.node);
  const auto connection = me.open(url_of(subject));
  CHECK(me.is_connected());
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 300'000U}) {
    const std::string payload(size, 'x');
    runtime::send(connection, websock::text(payload));
    CHECK(me.next_payload() == payload);
    runtime::send(connection, websock::binary(payload));
    CHECK(me.next_payload() == payload);
  }
  runtime::send(connection, websock::close_detail(1000, "done"));
  CHECK(me.next_exit() == "normal");
}

TEST_CASE("what is sent to a client before it is connected is handled after init") {
  running_server subject(echoing);
  client_owner me(subject.node);
  const auto connection = me.open(url_of(subject));
  runtime::send(connection, websock::text("early"));
  const auto first = me.receive(
      patience, [](const websock::connected&) { return std::string("connected"); },
      [](const websock::received& in) { return in.payload; });
  CHECK(first == "connected");
  CHECK(me.next_payload() == "early");
}

TEST_CASE("the owner of a client hears which subprotocol the server chose") {
  running_server subject([](websock::server& server) {
    server.websocket<echo>("/", websock::with([](auto& its) {
                             its.subprotocols = {"v3", "v2"};
                           }));
  });
  client_owner me(subject.node);
  const auto chosen = [&](std::vector<std::string> offered) {
    me.open(url_of(subject), {.subprotocols = std::move(offered)});
    return me.receive(patience, [](const websock::connected& now) {
      return "[" + now.subprotocol + "]";
    });
  };
  CHECK(chosen({"v1", "v2"}) == "[v2]");
  CHECK(chosen({"v1"}) == "[]");
  CHECK(chosen({}) == "[]");
}

TEST_CASE("a name is looked up, and its addresses are tried in order") {
  running_server subject(echoing); // on 127.0.0.1 only; localhost may be ::1 as well
  client_owner me(subject.node);
  const auto connection = me.open(url_of(subject, "localhost"));
  CHECK(me.is_connected());
}

TEST_CASE("a client connects to a Unix socket, whatever the host of its URL") {
  const tests::temporary_folder folder;
  const auto path = folder.file("socket");
  running_server subject(echoing, {.unix_path = path});
  client_owner me(subject.node);
  const auto connection = me.open("ws://anything/", {.unix_path = path});
  runtime::send(connection, websock::text("hello"));
  CHECK(me.next_payload() == "hello");
  me.open("ws://anything/", {.unix_path = folder.file("none")});
  CHECK(me.next_failure().what == connect_failed::kind::unreachable);
}

TEST_CASE("a server that nobody runs is unreachable, and links and monitors hear so") {
  std::string url;
  {
    const running_server gone(echoing);
    url = url_of(gone);
  }
  runtime::node node({.shards = 1, .pool_threads = 1});
  client_owner me(node);
  me.open(url);
  const auto failed = me.next_failure();
  CHECK(failed.what == connect_failed::kind::unreachable);
  CHECK(to_string(failed) == "connect_failed: unreachable: Connection refused");
}

TEST_CASE("a name that does not exist is unresolved") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  client_owner me(node);
  me.open("ws://nobody.invalid/");
  CHECK(me.next_failure().what == connect_failed::kind::unresolved);
}

TEST_CASE("an answer other than 101 is a refusal with its status") {
  running_server subject([](websock::server& server) {
    server.get("/moved", [](const websock::http::request&) {
      websock::http::response moved;
      moved.status = 302;
      moved.headers.emplace_back("Location", "/here");
      return moved;
    });
  });
  client_owner me(subject.node);
  me.open(url_of(subject) + "nothing");
  const auto failed = me.next_failure();
  CHECK(failed.what == connect_failed::kind::refused);
  CHECK(failed.status == 404);
  me.open(url_of(subject) + "moved");
  CHECK(me.next_failure().location == "/here");
}

TEST_CASE("a server that ends closes its clients with 1001") {
  std::optional<running_server> subject(echoing);
  runtime::node node({.shards = 1, .pool_threads = 1});
  client_owner me(node);
  me.open(url_of(*subject));
  CHECK(me.is_connected());
  subject->server.stop();
  CHECK(me.next_exit() == "{shutdown, \"remote\"}");
}

TEST_CASE("a client_session ends with its owner") {
  running_server subject(echoing);
  client_owner watcher(subject.node);
  {
    client_owner me(subject.node);
    const auto connection = me.open(url_of(subject));
    static_cast<void>(watcher.monitor(connection));
    CHECK(me.is_connected());
  }
  CHECK(watcher.next_exit() == "normal");
}

TEST_CASE("a node that stops ends its clients, connected or not") {
  running_server subject(echoing);
  runtime::node node({.shards = 2, .pool_threads = 1});
  client_owner me(node);
  me.open(url_of(subject));
  CHECK(me.is_connected());
  me.open(url_of(subject));
  node.stop();
  CHECK(node.process_count() == 0);
}

TEST_CASE("a supervisor starts a client again when its connection has ended") {
  running_server subject([](websock::server& server) { server.websocket<leaver>("/"); });
  client_owner me(subject.node);
  const auto child =
      websock::client<client_session>("feed", {}, url_of(subject), {}, me.pid());
  const auto supervisor = me.in_process([&](runtime::process& self) {
    return self
        .spawn_monitor<runtime::supervisor>(
            runtime::supervisor_options{.max_restarts = 1, .children = {child}})
        .first;
  });
  CHECK(me.is_connected());
  CHECK(me.is_connected());
  CHECK(me.next_exit() == "shutdown"); // it has had enough
}

TEST_CASE("a client that is linked ends with its process, with 1001") {
  tests::channel<std::string> ends;
  running_server subject(
      [&](websock::server& server) { server.websocket<noted>("/", std::ref(ends)); });
  client_owner me(subject.node);
  const auto url = url_of(subject);
  const auto parent = me.in_process(
      [&](runtime::process& self) { return self.spawn<linker>(url, self.pid()); });
  CHECK(me.is_connected());
  me.exit(parent, runtime::reason::shutdown);
  CHECK(ends.take() == "{remote, 1001}");
}

TEST_CASE("a wrong url or option is refused when connecting, not later") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  const auto refuses = [&](const std::string& url, const client_options& options) {
    CHECK_THROWS_AS(connect<echo>(node, url, options), std::invalid_argument);
    CHECK_THROWS_AS(websock::client<echo>("id", {}, url, options), std::invalid_argument);
  };
  refuses("http://example.org/", {});
  refuses("ws://127.0.0.1/", {.subprotocols = {"a b"}});
  refuses("ws://127.0.0.1/", {.headers = {{"Host", "x"}}});
  refuses("ws://127.0.0.1/", {.connect_timeout = 0ms});
  refuses("ws://127.0.0.1/", {.max_redirects = 51});
  CHECK(node.process_count() == 0);
}

TEST_CASE("the error of a wrong url has its reason, and not its password") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  const auto error_of = [&](const std::string& url) {
    try {
      connect<echo>(node, url, {});
    } catch (const std::invalid_argument& wrong) {
      return std::string(wrong.what());
    }
    return std::string("none");
  };
  CHECK(
      error_of("ws://user:sec@ret@h:80/x?token=t")
      == "connect: \"ws://...@h:80/x...\": RFC 3986 §3.2.1: it has a user or a password, "
         "which belong in a header (Authorization)");
  CHECK(error_of("ws://h:99999/")
        == "connect: \"ws://h:99999/\": its port is no number from 1 to 65535");
}
