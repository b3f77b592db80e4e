// Listening on real sockets: ports in use, strangers, descriptors that run out.
#include "tests/distribution/carrier/carrier_lab.hpp"
#include "tests/support/tcp_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <stdexcept>
#include <system_error>

using namespace tests;

namespace {

/// No descriptor is left while this lives.
class no_descriptors {
public:
  no_descriptors() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const int lowest = ::dup(STDIN_FILENO);
    ::close(lowest);
    auto none = before_;
    none.rlim_cur = static_cast<rlim_t>(lowest);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

private:
  rlimit before_{};
};

[[nodiscard]] std::set<int> open_descriptors() {
  std::set<int> found;
  for (int each = 0; each < 1'024; ++each)
    if (::fcntl(each, F_GETFD) >= 0)
      found.insert(each);
  return found;
}

[[nodiscard]] std::string refusal(carrier_lab& lab,
                                  distribution::listen_options options) {
  try {
    const heard_listening made(lab, std::move(options));
    return "listens";
  } catch (const std::exception& thrown) {
    return thrown.what();
  }
}

} // namespace

TEST_CASE("port 0 is any port that is free, and is told") {
  carrier_lab lab;
  const heard_listening one{lab};
  const heard_listening two{lab};
  CHECK(one.port() != 0);
  CHECK(two.port() != one.port());
}

TEST_CASE("a port in use is an error that names it") {
  carrier_lab lab;
  const heard_listening first{lab};
  CHECK(refusal(lab, {.port = first.port()})
        == "listen on 127.0.0.1:" + std::to_string(first.port())
               + ": Address already in use");
}

TEST_CASE("the port of one that is closed is free at once") {
  carrier_lab lab;
  heard_listening first{lab};
  const auto port = first.port();
  {
    tcp_client peer(port);
    heard_carrier ours(lab, first.accept());
    ours.close(); // its socket lingers in TIME_WAIT
    CHECK(peer.is_at_end());
  }
  first.stop();
  CHECK(refusal(lab, {.port = port}) == "listens");
}

TEST_CASE("what is no address, or has no places, is refused") {
  carrier_lab lab;
  CHECK(refusal(lab, {.address = "localhost"})
        == "listen: \"localhost\" is no IPv4 or IPv6 address");
  CHECK(refusal(lab, {.most_strangers = 0}) == "listen: most_strangers is 0");
  CHECK(refusal(lab, {.address = "192.0.2.1"})
        == "listen on 192.0.2.1:0: Cannot assign requested address");
}

TEST_CASE("strangers beyond their places wait until one is given back") {
  carrier_lab lab;
  heard_listening listening{lab, {.most_strangers = 2}};
  tcp_client one(listening.port());
  tcp_client two(listening.port());
  tcp_client three(listening.port());
  heard_carrier first(lab, listening.accept());
  heard_carrier second(lab, listening.accept());
  three.send("me too");
  lab.settle();
  CHECK_FALSE(listening.has_peer());
  listening.give_back_place();
  heard_carrier third(lab, listening.accept());
  CHECK(third.take(6) == "me too");
}

TEST_CASE("a place that is not wanted is free again, also after the listening ends") {
  carrier_lab lab;
  heard_listening listening{lab, {.most_strangers = 1}};
  for (int i = 0; i < 5; ++i) {
    tcp_client peer(listening.port());
    heard_carrier ours(lab, listening.accept());
    listening.give_back_place();
  }
  tcp_client peer(listening.port());
  heard_carrier ours(lab, listening.accept());
  listening.stop();
  ours.write("still here");
  CHECK(peer.take(10) == "still here");
  listening.give_back_place();
}

TEST_CASE("accepting pauses when descriptors run out, and goes on") {
  carrier_lab lab;
  heard_listening listening{lab};
  static_cast<void>(
      lab.dial({.host = "127.0.0.1", .port = listening.port()})); // Asio has its own now
  { heard_carrier first(lab, listening.accept()); }
  const int peer = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(listening.port());
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int connected = -1;
  std::string trouble;
  {
    const no_descriptors shortage; // which checks could not do without, if sanitized
    connected = ::connect(peer, reinterpret_cast<const sockaddr*>(&where), sizeof where);
    trouble = listening.trouble();
  }
  REQUIRE(connected == 0);
  CHECK(trouble == "accepting nodes pauses: Too many open files");
  heard_carrier ours(lab, listening.accept());
  CHECK(::send(peer, "hello", 5, 0) == 5);
  CHECK(ours.take(5) == "hello");
  ::close(peer);
}

TEST_CASE("no child process inherits a socket") {
  carrier_lab lab;
  const auto before = open_descriptors();
  heard_listening listening{lab};
  heard_carrier ours(lab,
                     made(lab.dial({.host = "127.0.0.1", .port = listening.port()})));
  heard_carrier theirs(lab, listening.accept());
  for (const int each : open_descriptors())
    if (!before.contains(each)) {
      INFO("descriptor " << each);
      CHECK((::fcntl(each, F_GETFD) & FD_CLOEXEC) != 0);
    }
}

TEST_CASE("who comes after listening has ended is refused, who was accepted stays") {
  carrier_lab lab;
  heard_listening listening{lab};
  const auto port = listening.port();
  tcp_client peer(port);
  heard_carrier ours(lab, listening.accept());
  listening.stop();
  CHECK_THROWS_AS(tcp_client(port), std::system_error);
  peer.send("still here");
  CHECK(ours.take(10) == "still here");
}
