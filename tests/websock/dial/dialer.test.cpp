// Addresses that refuse, never answer, or accept, RFC 8305.
#include "websock/dial/dialer.hpp"

#include "websock/client/client_opening.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/channel.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using websock::dialer;
using websock::socket_address;

namespace {

[[nodiscard]] std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// A listening socket that has room for one connection.
class door {
public:
  explicit door(const socket_address& at)
      : descriptor_(::socket(at.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    const int on = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&at.bytes), at.size)
            == 0);
    REQUIRE(::listen(descriptor_, 0) == 0);
  }
  ~door() {
    stop_filling();
    ::close(descriptor_);
  }
  door(const door&) = delete;
  door& operator=(const door&) = delete;

  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
  }
  /// From now on nobody is let in, and nobody is told so.
  void fill() {
    sockaddr_storage at{};
    socklen_t size = sizeof at;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&at), &size);
    for (int i = 0; i < 4; ++i) {
      waiting_.push_back(::socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0));
      static_cast<void>(
          ::connect(waiting_.back(), reinterpret_cast<const sockaddr*>(&at), size));
    }
  }
  void let_all_in() {
    stop_filling();
    for (int taken = 0; taken >= 0;) {
      taken = ::accept(descriptor_, nullptr, nullptr);
      if (taken >= 0)
        ::close(taken);
    }
  }

private:
  void stop_filling() {
    for (const int each : std::exchange(waiting_, {}))
      ::close(each);
  }

  int descriptor_;
  std::vector<int> waiting_;
};

[[nodiscard]] socket_address address_of(const std::string& host, std::uint16_t port = 0) {
  return websock::in_turn(websock::written_address(host)->addresses, port, 1).at(0);
}

/// A dialer on a shard whose time stands still; its result as a line.
struct dialing {
  explicit dialing(const std::vector<std::string>& hosts = {}) {
    node.node().extension<websock::name_lookups>().resolve_with(
        [hosts](const std::string&) {
          websock::found_addresses found;
          for (const auto& each : hosts)
            found.addresses.push_back(address_of(each));
          return found;
        });
    subject.emplace(shard, [this](const dialer::result& outcome) {
      subject.reset();
      const auto* connected = std::get_if<int>(&outcome);
      if (connected == nullptr) {
        result = to_string(std::get<websock::connect_failed>(outcome));
        return;
      }
      sockaddr_in to{};
      socklen_t size = sizeof to;
      ::getpeername(*connected, reinterpret_cast<sockaddr*>(&to), &size);
      result = to.sin_family == AF_INET ? ::inet_ntoa(to.sin_addr) : "a Unix socket";
      ::close(*connected);
    });
  }

  /// Until there is a result, or `is_enough`.
  template <class F>
  void run_until(F is_enough) {
    const auto deadline = std::chrono::steady_clock::now() + tests::patience;
    while (result.empty() && !is_enough()
           && std::chrono::steady_clock::now() < deadline) {
      node.run_until_idle();
      shard.poll();
      std::this_thread::yield();
    }
  }
  [[nodiscard]] std::string outcome() {
    run_until([] { return false; });
    return result;
  }
  /// What is ready is seen, and nothing comes of it.
  void look() {
    for (int i = 0; i < 100; ++i) {
      node.run_until_idle();
      shard.poll();
    }
    CHECK(result.empty());
  }

  runtime::reactor_kind kind = GENERATE_COPY(from_range(tests::kinds()));
  runtime::testing::stepped_node node{1,
                                      {.shards = 1, .pool_threads = 1, .reactor = kind}};
  runtime::shard& shard = node.node().shard_at(0);
  std::string result;
  std::optional<dialer> subject;
};

} // namespace

TEST_CASE("an address that refuses makes room for the next at once", "[rfc8305-5]") {
  const door open(address_of("127.0.0.3"));
  dialing subject({"127.0.0.2", "127.0.0.3"});
  subject.subject->dial("example.org", open.port());
  CHECK(subject.outcome() == "127.0.0.3");
}

TEST_CASE("an address that does not answer has 250 ms alone, then the next is tried too",
          "[rfc8305-5]") {
  const door open(address_of("127.0.0.3"));
  door silent(address_of("127.0.0.2", open.port()));
  silent.fill();
  dialing subject({"127.0.0.2", "127.0.0.3"});
  const auto before = open_descriptors();
  subject.subject->dial("example.org", open.port());
  subject.run_until([&] { return open_descriptors() > before; });
  subject.node.advance(249ms);
  subject.look();
  subject.node.advance(1ms);
  CHECK(subject.outcome() == "127.0.0.3");
  CHECK(open_descriptors() == before); // the other attempt is over
}

TEST_CASE("the address that was tried first still counts when others were tried since",
          "[rfc8305-5]") {
  const door other(address_of("127.0.0.3"));
  door late(address_of("127.0.0.2", other.port()));
  late.fill();
  dialing subject({"127.0.0.2", "127.0.0.4"}); // which refuses
  const auto before = open_descriptors();
  subject.subject->dial("example.org", other.port());
  subject.run_until([&] { return open_descriptors() > before; });
  subject.node.advance(1s);
  subject.look();
  late.let_all_in(); // the kernel asks again within a second or two
  CHECK(subject.outcome() == "127.0.0.2");
}

TEST_CASE("a name none of whose addresses takes a connection is unreachable") {
  std::uint16_t port = 0;
  {
    const door gone(address_of("127.0.0.2"));
    port = gone.port();
  }
  dialing subject({"127.0.0.2", "127.0.0.3", "127.0.0.4"});
  subject.subject->dial("example.org", port);
  CHECK(subject.outcome() == "connect_failed: unreachable: Connection refused");
}

TEST_CASE("an address with a zone that is not there is unresolved, and not looked up") {
  dialing subject({"127.0.0.2"});
  subject.subject->dial("fe80::1%nowhere0", 80);
  CHECK(subject.outcome()
        == "connect_failed: unresolved: fe80::1%nowhere0: no such address or interface");
}

TEST_CASE("a Unix socket whose queue is full is tried again until there is room") {
  const tests::temporary_folder folder;
  const auto path = folder.file("socket");
  door full(websock::unix_address(path));
  full.fill();
  dialing subject;
  subject.subject->dial(path);
  subject.look();
  for (int i = 0; i < 10; ++i)
    subject.node.advance(20ms);
  subject.look();
  CHECK(subject.subject->state() == "Resource temporarily unavailable");
  full.let_all_in();
  subject.node.advance(20ms);
  CHECK(subject.outcome() == "a Unix socket");
}

TEST_CASE("a client of a Unix socket whose queue stays full ends with its deadline") {
  const tests::temporary_folder folder;
  const auto path = folder.file("socket");
  door full(websock::unix_address(path));
  full.fill();
  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  std::string told;
  websock::client_opening opening(
      websock::plan_client("ws://x/", {.connect_timeout = 3s, .unix_path = path}));
  opening.start(node.node().shard_at(0), [&](websock::opening::result outcome) {
    told = to_string(std::get<websock::connect_failed>(outcome));
  });
  node.advance(3s);
  CHECK(told
        == "connect_failed: timeout: no connection within 3000 ms: Resource temporarily "
           "unavailable");
}

TEST_CASE("a dialer that is destroyed leaves nothing behind", "[rfc8305-5]") {
  door silent(address_of("127.0.0.2"));
  silent.fill();
  const auto before = open_descriptors();
  {
    dialing subject({"127.0.0.2"});
    const auto inside = open_descriptors();
    subject.subject->dial("example.org", silent.port());
    subject.run_until([&] { return open_descriptors() > inside; });
    subject.subject.reset();
    CHECK(open_descriptors() == inside);
    subject.node.advance(1h);
    subject.look();
  }
  CHECK(open_descriptors() == before);
}
