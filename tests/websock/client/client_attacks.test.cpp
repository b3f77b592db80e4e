// Servers that attack a client, over real sockets: resets, lies, floods, silence.
#include "websock/client/client.hpp"
#include "websock/handshake/accept_key.hpp"
#include "websock/listen/listening_socket.hpp"
#include "websock/runtime/process/node.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"
#include "tests/support/client_owner.hpp"
#include "tests/support/tcp_client.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <thread>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using tests::client_owner;
using tests::tcp_client;
using websock::connect_failed;
using websock::testing::hex;

namespace {

using attack = std::function<void(tcp_client&)>;

/// Accepts one connection after the other and does to each the same.
class hostile_server {
public:
  explicit hostile_server(attack what)
      : what_(std::move(what)),
        thread_([this](const std::stop_token& over) { serve(over); }) {}

  [[nodiscard]] std::string url(const std::string& scheme = "ws") const {
    return scheme + "://127.0.0.1:" + std::to_string(door_.port()) + '/';
  }

private:
  void serve(const std::stop_token& over) {
    while (!over.stop_requested()) {
      pollfd ready{door_.descriptor(), POLLIN, 0};
      if (::poll(&ready, 1, 10) != 1)
        continue;
      const int accepted = ::accept4(door_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted < 0)
        continue;
      tcp_client victim(tcp_client::connected{accepted});
      try {
        what_(victim);
      } catch (const std::exception&) { // it is gone, which is what it should be
        continue;
      }
    }
  }

  attack what_;
  websock::listening_socket door_{websock::server_options{.port = 0}};
  std::jthread thread_;
};

[[nodiscard]] std::string acceptance(const std::string& request) {
  const std::string name = "Sec-WebSocket-Key: ";
  const auto begin = request.find(name) + name.size();
  const auto key = request.substr(begin, request.find('\r', begin) - begin);
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
         "Connection: Upgrade\r\nSec-WebSocket-Accept: "
         + websock::accept_key(key) + "\r\n\r\n";
}

/// Does the handshake, then `what`.
[[nodiscard]] attack after_handshake(attack what) {
  return [what = std::move(what)](tcp_client& victim) {
    victim.send(acceptance(victim.take_until("\r\n\r\n")));
    what(victim);
  };
}

[[nodiscard]] std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// The end of each client that an attack met, on each reactor; nothing may be left.
class victims {
public:
  [[nodiscard]] std::string end_of(const attack& what,
                                   const websock::client_options& options = {},
                                   const std::string& scheme = "ws") {
    const hostile_server server(what);
    me.open(server.url(scheme), options);
    const auto end = me.next_exit();
    const auto deadline = std::chrono::steady_clock::now() + tests::patience;
    while (node_.process_count() > 1 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield(); // this thread's own process stays
    CHECK(node_.process_count() == 1);
    return end;
  }
  [[nodiscard]] std::string secure_end_of(const attack& what,
                                          const websock::client_options& options = {}) {
    return end_of(what, options, "wss");
  }

private:
  runtime::reactor_kind kind_ = GENERATE_COPY(from_range(tests::kinds()));
  runtime::node node_{{.shards = 1, .pool_threads = 1, .reactor = kind_}};

public:
  client_owner me{node_};
};

const std::string gone = "connect_failed: malformed: the peer closed the connection";

} // namespace

TEST_CASE("a server that resets or leaves, at whatever octet of its answer, ends the "
          "client and leaves nothing behind") {
  victims all;
  const auto at_once = all.end_of([](tcp_client& victim) { victim.reset(); });
  CHECK((at_once == gone
         || at_once == "connect_failed: unreachable: Connection reset by peer"));
  CHECK(all.end_of([](tcp_client& victim) { victim.end_output(); }) == gone);
  const auto whole = acceptance("Sec-WebSocket-Key: x\r\n").size();
  const auto before = open_descriptors();
  for (std::size_t cut = 0; cut < whole; ++cut) {
    const auto part = [cut](tcp_client& victim) {
      victim.send(acceptance(victim.take_until("\r\n\r\n")).substr(0, cut));
    };
    INFO(cut);
    REQUIRE(all.end_of(part) == gone);
    REQUIRE(all.end_of([part](tcp_client& victim) {
      part(victim);
      victim.reset();
    }) == gone);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("a server that resets right behind its answer ends a connection") {
  victims all;
  const auto end =
      all.end_of(after_handshake([](tcp_client& victim) { victim.reset(); }));
  CHECK((end == "{shutdown, \"remote\"}" || end == gone
         || end == "{shutdown, \"closed\"}"));
}

TEST_CASE("heads without an end meet the limit, and what is none is seen at once") {
  victims all;
  const auto flood = [](std::string first, std::string more) {
    return [first = std::move(first), more = std::move(more)](tcp_client& victim) {
      victim.send(first);
      for (;;)
        victim.send(more);
    };
  };
  const std::string too_long =
      "connect_failed: malformed: the head of the answer is too long";
  CHECK(all.end_of(flood("", "HTTP/1.1 103 Early Hints\r\n\r\n")) == too_long);
  CHECK(all.end_of(flood("HTTP/1.1 200 ", "a")) == too_long);
  CHECK(all.end_of(flood("HTTP/1.1 101 X\r\n", "A: b\r\n")) == too_long);
  CHECK(all.end_of(flood("HTTP/1.1 101 X\r\nA: b\r\n", " \r\n")) == too_long);
  CHECK(all.end_of(flood("HTTP/1.1 101 X\r\nA:", "    ")) == too_long);
  CHECK(all.end_of(flood("SSH-2.0-OpenSSH_9.2", "x"))
        == "connect_failed: malformed: RFC 9112 §4: invalid status line");
  CHECK(all.end_of(flood("", std::string(1'000, '\0')))
        == "connect_failed: malformed: RFC 9112 §4: invalid status line");
}

TEST_CASE("a server that says nothing, or one octet at a time, meets the deadline") {
  victims all;
  const std::string over = "connect_failed: timeout: no connection within 100 ms";
  const websock::client_options hasty{.connect_timeout = 100ms};
  const auto silent = [](tcp_client& victim) { static_cast<void>(victim.take_rest()); };
  CHECK(all.end_of(silent, hasty) == over);
  CHECK(all.secure_end_of(silent, hasty) == over);
  const auto dribbling = [](tcp_client& victim) {
    victim.send("HTTP/1.1 101 ");
    static_cast<void>(victim.take_rest());
  };
  CHECK(all.end_of(dribbling, hasty) == over);
}

TEST_CASE("a server that reads nothing of a long request meets the deadline") {
  victims all;
  websock::client_options hasty{.connect_timeout = 200ms};
  hasty.headers.emplace_back("X-Long", std::string(8'000'000, 'a'));
  tests::channel<int> is_over;
  const hostile_server server([&](tcp_client&) { is_over.take(); });
  all.me.open(server.url(), hasty);
  CHECK(all.me.next_exit() == "connect_failed: timeout: no connection within 200 ms");
  is_over.put(0);
}

TEST_CASE("octets that are no TLS end a client of wss", "[tls]") {
  victims all;
  const auto say = [](std::string octets) {
    return [octets = std::move(octets)](tcp_client& victim) {
      victim.send(octets);
      static_cast<void>(victim.take_rest());
    };
  };
  const auto fails = [&](const attack& what) {
    return all.secure_end_of(what).starts_with("connect_failed: tls: ");
  };
  CHECK(fails(say("HTTP/1.1 400 Bad Request\r\n\r\n")));
  CHECK(fails(say(std::string(70'000, '\0'))));
  CHECK(fails(say(std::string(70'000, '\xFF'))));
  CHECK(fails(say(hex("15 03 03 00 02 02 28"))));          // handshake_failure
  CHECK(fails(say(hex("16 03 03 ff ff 02 00 00 00"))));    // longer than a record
  CHECK(fails(say(hex("16 03 03 00 04 02 ff ff ff"))));    // longer than a hello
  CHECK(fails(say(hex("17 03 03 00 05 68 65 6c 6c 6f")))); // data before a handshake
  CHECK(fails(say(hex("18 03 03 00 03 01 40 00"))));       // heartbeat
  CHECK(fails(say(hex("16 03 03 00 04 01 00 00 00"))));    // a client's hello
  const auto leave = [](bool with_reset, std::string octets) {
    return [=](tcp_client& victim) {
      static_cast<void>(victim.take(1));
      victim.send(octets);
      if (with_reset)
        victim.reset();
    };
  };
  for (const auto* part : {"", "16", "16 03 03", "16 03 03 00 04 02 00"}) {
    CHECK(all.secure_end_of(leave(false, hex(part))).starts_with("connect_failed: "));
    CHECK(all.secure_end_of(leave(true, hex(part))).starts_with("connect_failed: "));
  }
}

TEST_CASE("frames whose length is a lie, or too much, end a connection",
          "[rfc6455-5.2]") {
  victims all;
  // The code of the client's close frame; its process ends.
  const auto closed_with = [&](const std::string& octets) {
    tests::channel<std::string> close;
    CHECK(all.end_of(after_handshake([&](tcp_client& victim) {
      victim.send(hex(octets));
      close.put(victim.take(8));
    })) == "{shutdown, \"protocol_error\"}");
    const auto frame = close.take(); // masked
    const auto octet = [&frame](std::size_t at) {
      return static_cast<unsigned>(static_cast<unsigned char>(frame[at]));
    };
    CHECK(octet(0) == 0x88);
    return (octet(6) ^ octet(2)) << 8U | (octet(7) ^ octet(3));
  };
  CHECK(closed_with("82 7f 7f ff ff ff ff ff ff ff") == 1009);
  CHECK(closed_with("82 7f ff ff ff ff ff ff ff ff") == 1002);
  CHECK(closed_with("82 7e 00 01") == 1002);
  CHECK(closed_with("89 7e 01 00") == 1002);
  CHECK(closed_with("81 85 00 00 00 00 68 65 6c 6c 6f") == 1002);
  CHECK(closed_with("88 01 03") == 1002);
  CHECK(closed_with("81 02 c3 28") == 1007);
}

TEST_CASE("an attack on one client harms no other of its shard") {
  const hostile_server bad([](tcp_client& victim) {
    victim.send("HTTP/1.1 101 ");
    victim.reset();
  });
  const hostile_server good(after_handshake([](tcp_client& victim) {
    victim.send(hex("81 05 48 65 6c 6c 6f"));
    static_cast<void>(victim.take_rest());
  }));
  const auto kind = GENERATE_COPY(from_range(tests::kinds()));
  runtime::node node{{.shards = 1, .pool_threads = 1, .reactor = kind}};
  client_owner others(node);
  for (int i = 0; i < 200; ++i)
    others.open(bad.url());
  client_owner me(node);
  me.open(good.url());
  CHECK(me.is_connected());
  CHECK(me.next_payload() == "Hello");
  for (int i = 0; i < 200; ++i)
    REQUIRE(others.next_exit().starts_with("connect_failed: "));
}
