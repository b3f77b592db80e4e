// The listening socket: where it listens, and which errors it survives.
#include "websock/listen/acceptor.hpp"

#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/telemetry/server_events.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using tests::connection_notes;
using tests::noted_echo;
using tests::running_server;
using tests::tcp_client;
using tests::websocket_client;

namespace {

/// Uses up the descriptors of the process, until `release`.
class descriptor_shortage {
public:
  descriptor_shortage() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    // Few enough to use up in no time; all that are open now stay usable.
    const rlimit low{std::min<rlim_t>(before_.rlim_cur, 512), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (int next = open_one(); next >= 0; next = open_one())
      held_.push_back(next);
  }
  ~descriptor_shortage() {
    release();
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  descriptor_shortage(const descriptor_shortage&) = delete;
  descriptor_shortage& operator=(const descriptor_shortage&) = delete;

  void release_one() {
    ::close(held_.back());
    held_.pop_back();
  }
  void release() {
    while (!held_.empty())
      release_one();
  }

private:
  [[nodiscard]] static int open_one() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }

  rlimit before_{};
  std::vector<int> held_;
};

[[nodiscard]] websock::server_options at(std::string host, std::uint16_t port) {
  websock::server_options options;
  options.host = std::move(host);
  options.port = port;
  options.shards = 1;
  return options;
}

[[nodiscard]] bool has_ipv6() {
  try {
    websock::server probe(at("::1", 0));
    probe.start();
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

} // namespace

TEST_CASE("a port that is in use is told with address and port, and may be tried again") {
  const auto nothing = [](websock::server&) {};
  auto first = std::make_unique<running_server>(nothing);
  const auto port = first->port();
  websock::server second(at("127.0.0.1", port));
  CHECK_THROWS_AS(second.start(), std::system_error);
  try {
    second.start();
    FAIL("started on a port in use");
  } catch (const std::system_error& failed) {
    CHECK(failed.code() == std::errc::address_in_use);
    CHECK_THAT(failed.what(),
               Catch::Matchers::StartsWith("cannot listen on 127.0.0.1 port "
                                           + std::to_string(port)));
  }
  first.reset();
  second.start();
  CHECK(second.port() == port);
}

TEST_CASE("a host that is no address is named") {
  for (const auto* host : {"", "example.org", "127.0.0", "1.2.3.4.5", "::g"}) {
    websock::server subject(at(host, 0));
    CHECK_THROWS_AS(subject.start(), std::invalid_argument);
    CHECK_THROWS_WITH(subject.start(), "host is \"" + std::string(host)
                                           + "\": it must be an IPv4 or IPv6 address");
  }
}

TEST_CASE("an address that this machine does not have is told with address and port") {
  websock::server subject(at("192.0.2.1", 0)); // RFC 5737: nobody's
  CHECK_THROWS_AS(subject.start(), std::system_error);
  CHECK_THROWS_WITH(subject.start(),
                    Catch::Matchers::StartsWith("cannot listen on 192.0.2.1 port 0"));
}

TEST_CASE("localhost is 127.0.0.1") {
  websock::server subject(at("localhost", 0));
  subject.start();
  CHECK_NOTHROW(tcp_client(subject.port()));
  CHECK(subject.url() == "http://localhost:" + std::to_string(subject.port()) + "/");
}

TEST_CASE("it listens on IPv6") {
  if (!has_ipv6()) {
    WARN("this machine has no ::1");
    return;
  }
  connection_notes notes;
  websock::server subject(at("::1", 0));
  subject.websocket<noted_echo>("/", std::ref(notes));
  subject.start();
  CHECK(subject.url() == "http://[::1]:" + std::to_string(subject.port()) + "/");
  websocket_client client(subject.port(), "/", "::1");
  client.text("x");
  CHECK(client.take_text() == "x");
}

TEST_CASE("when descriptors run out, accepting pauses, says so once, and goes on") {
  connection_notes notes;
  running_server subject(tests::noting(notes));
  tests::channel<std::string> told;
  subject.node.events().attach(
      "test", {websock::events::accept_pause},
      [&](const runtime::event& what) { told.put(*what.find<std::string>("reason")); });
  websocket_client before(subject.port());
  std::string logged;
  std::string answered;
  std::string served;
  { // without assertions: a sanitizer may need descriptors for them
    descriptor_shortage shortage;
    shortage.release_one();
    tcp_client waiting(subject.port()); // the kernel's queue takes it
    logged = subject.log.take();
    before.text("who is in stays in");
    answered = before.take_text();
    shortage.release();
    waiting.send("GET / HTTP/1.0\r\n\r\n");
    served = waiting.take_rest();
  }
  CHECK(logged == "accepting pauses: Too many open files");
  CHECK(told.take() == "Too many open files");
  CHECK(answered == "who is in stays in");
  CHECK(served.starts_with("HTTP/1.1 426 "));
  websocket_client after(subject.port());
  after.text("x");
  CHECK(after.take_text() == "x");
  CHECK(subject.log.empty());
  CHECK(told.empty());
  subject.node.events().detach("test");
}

TEST_CASE("many clients at once are all accepted, and every shard gets its share") {
  connection_notes notes;
  running_server subject(tests::noting(notes));
  std::vector<websocket_client> clients;
  for (int i = 0; i < 200; ++i)
    clients.emplace_back(subject.port());
  std::vector<int> on_shard(subject.node.shard_count());
  for (std::size_t i = 0; i < clients.size(); ++i)
    ++on_shard.at(tests::process_of(notes.started.take()).shard().index());
  CHECK(on_shard == std::vector<int>(on_shard.size(), 100));
  for (auto& each : clients)
    each.text("x");
  for (auto& each : clients)
    CHECK(each.take_text() == "x");
}
