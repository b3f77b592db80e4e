// Dialling on real sockets: names, refusals, silence, cancelling.
#include "tests/distribution/carrier/carrier_lab.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <vector>

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// A socket of the test on a port of 127.0.0.1.
class bound_socket {
public:
  bound_socket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    where_.sin_family = AF_INET;
    where_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(descriptor_, address(), sizeof where_) == 0);
    socklen_t size = sizeof where_;
    REQUIRE(::getsockname(descriptor_, address(), &size) == 0);
  }
  ~bound_socket() { ::close(descriptor_); }
  bound_socket(const bound_socket&) = delete;
  bound_socket& operator=(const bound_socket&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] std::uint16_t port() const { return ntohs(where_.sin_port); }
  [[nodiscard]] sockaddr* address() { return reinterpret_cast<sockaddr*>(&where_); }

private:
  sockaddr_in where_{};
  int descriptor_;
};

/// A port whose queue of connections is full: the kernel answers nobody.
class blackhole {
public:
  blackhole() {
    REQUIRE(::listen(socket_.get(), 0) == 0);
    for (int& each : fill_) {
      each = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      static_cast<void>(::connect(each, socket_.address(), sizeof(sockaddr_in)));
    }
  }
  ~blackhole() {
    for (const int each : fill_)
      ::close(each);
  }
  blackhole(const blackhole&) = delete;
  blackhole& operator=(const blackhole&) = delete;

  [[nodiscard]] std::uint16_t port() const { return socket_.port(); }

private:
  bound_socket socket_;
  std::array<int, 4> fill_{};
};

} // namespace

TEST_CASE("a host is dialled by address or by name") {
  carrier_lab lab;
  heard_listening listening{lab};
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    heard_carrier ours(lab, made(lab.dial({.host = host, .port = listening.port()})));
    heard_carrier theirs(lab, listening.accept());
    ours.write("hello");
    CHECK(theirs.take(5) == "hello");
    listening.give_back_place();
  }
}

TEST_CASE("a dial to nothing says what it dialled and why it failed") {
  carrier_lab lab;
  const bound_socket closed; // nobody listens there
  const auto port = std::to_string(closed.port());
  CHECK(failure(lab.dial({.host = "127.0.0.1", .port = closed.port()}))
        == "127.0.0.1 port " + port + ": 127.0.0.1:" + port + ": Connection refused");
}

TEST_CASE("a host that cannot be looked up is an error that says so") {
  carrier_lab lab;
  const auto why = failure(lab.dial({.host = "", .port = 1, .limit = 10s}));
  CHECK(why != "connected");
  const auto name = failure(lab.dial({.host = "a..b", .port = 1, .limit = 10s}));
  CHECK(name.find("a..b port 1: the host cannot be looked up: ") == 0);
}

TEST_CASE("a dial that nobody answers ends at its deadline") {
  carrier_lab lab;
  const blackhole silent;
  const auto before = std::chrono::steady_clock::now();
  const auto why =
      failure(lab.dial({.host = "127.0.0.1", .port = silent.port(), .limit = 100ms}));
  CHECK(std::chrono::steady_clock::now() - before >= 100ms);
  CHECK(why
        == "127.0.0.1 port " + std::to_string(silent.port())
               + ": no answer within 100 ms");
}

TEST_CASE("a dial without any time fails by its deadline") {
  carrier_lab lab;
  const blackhole silent;
  CHECK(failure(lab.dial({.host = "127.0.0.1", .port = silent.port(), .limit = -1s}))
            .find(": no answer within ")
        != std::string::npos);
}

TEST_CASE("a dial that is cancelled is not heard of") {
  carrier_lab lab;
  heard_listening listening{lab};
  const blackhole silent;
  channel<std::string> results;
  for (const std::uint16_t port : {listening.port(), silent.port()})
    lab.on([&] {
      const auto going = lab.sockets.dial(
          lab.home(), {.host = "127.0.0.1", .port = port, .limit = 50ms},
          [&](distribution::dial_result result) { results.put(failure(result)); });
    });
  CHECK(failure(lab.dial({.host = "127.0.0.1", .port = silent.port(), .limit = 200ms}))
        != "connected");
  CHECK(results.empty());
}

TEST_CASE("a dial is told after the call, and may be destroyed by that") {
  carrier_lab lab;
  heard_listening listening{lab};
  channel<std::string> results;
  std::unique_ptr<distribution::dialling> going;
  const bool is_told_within = lab.on([&] {
    going = lab.sockets.dial(lab.home(), {.host = "127.0.0.1", .port = listening.port()},
                             [&](distribution::dial_result result) {
                               going.reset();
                               results.put(failure(result));
                             });
    return !results.empty();
  });
  CHECK_FALSE(is_told_within);
  CHECK(results.take() == "connected");
}

TEST_CASE("many dials at once do not mix") {
  carrier_lab lab;
  heard_listening listening{lab, {.most_strangers = 64}};
  channel<std::unique_ptr<distribution::carrier>> dialled;
  std::vector<std::unique_ptr<distribution::dialling>> going;
  constexpr std::size_t count = 40;
  lab.on([&] {
    for (std::size_t i = 0; i < count; ++i)
      going.push_back(lab.sockets.dial(lab.home(),
                                       {.host = "127.0.0.1", .port = listening.port()},
                                       [&](distribution::dial_result result) {
                                         dialled.put(made(std::move(result)));
                                       }));
  });
  std::vector<std::unique_ptr<heard_carrier>> ours;
  std::vector<std::unique_ptr<heard_carrier>> theirs;
  for (std::size_t i = 0; i < count; ++i) {
    ours.push_back(std::make_unique<heard_carrier>(lab, dialled.take()));
    theirs.push_back(std::make_unique<heard_carrier>(lab, listening.accept()));
    ours.back()->write("hello");
  }
  for (const auto& each : theirs)
    CHECK(each->take(5) == "hello");
  lab.on([&] { going.clear(); });
}
