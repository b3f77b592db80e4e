// Carriers on real sockets: order, backpressure, every way to lose a connection.
#include "tests/distribution/carrier/carrier_lab.hpp"
#include "tests/support/narrow_socket.hpp"
#include "tests/support/tcp_client.hpp"

#include <algorithm>
#include <stdexcept>

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Two carriers that are connected.
struct pair_of_carriers {
  carrier_lab lab;
  heard_listening listening{lab};
  std::unique_ptr<distribution::carrier> dialled =
      made(lab.dial({.host = "127.0.0.1", .port = listening.port()}));
  heard_carrier one{lab, std::move(dialled)};
  heard_carrier other{lab, listening.accept()};
};

/// A carrier whose peer is a socket of the test.
struct carrier_with_peer {
  using connect = tcp_client::connected (*)(std::uint16_t port);
  explicit carrier_with_peer(connect how = connect_wide, std::size_t low_mark = 65'536)
      : peer(how(listening.port())), ours(lab, listening.accept(), low_mark) {}

  carrier_lab lab;
  heard_listening listening{lab};
  tcp_client peer;
  heard_carrier ours;
};

/// Octets whose place can be told from what they are.
[[nodiscard]] std::string pattern(std::size_t count, std::size_t from = 0) {
  std::string made(count, '\0');
  for (std::size_t i = 0; i < count; ++i)
    made[i] = static_cast<char>((from + i) * 2'654'435'761U >> 16U);
  return made;
}

} // namespace

TEST_CASE("carriers carry octets both ways, in order, however they were written") {
  pair_of_carriers both;
  std::string all;
  for (std::size_t size = 0; size < 300; ++size) {
    const auto more = pattern(size, all.size());
    both.one.write(more);
    both.other.write(more);
    all += more;
  }
  CHECK(both.one.take(all.size()) == all);
  CHECK(both.other.take(all.size()) == all);
  while (both.one.unsent() != 0) // the sender hears later than the peer
    std::this_thread::yield();
  CHECK(both.one.sent() == all.size());
  CHECK(both.one.has_told_nothing_else());
}

TEST_CASE("100 MiB pass through a carrier, in pieces of at most 64 KiB") {
  pair_of_carriers both;
  constexpr std::size_t piece_size = std::size_t{1} << 20U;
  constexpr std::size_t count = 100;
  const auto piece = pattern(piece_size);
  for (std::size_t i = 0; i < count; ++i)
    both.one.write(piece);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i)
    wrong += both.other.take(piece_size) == piece ? 0U : 1U;
  CHECK(wrong == 0);
  CHECK(both.one.sent() == piece_size * count);
  CHECK(both.other.longest_piece() <= distribution::carrier::longest_read);
}

TEST_CASE("what a slow reader does not take waits, and room is told once it has") {
  carrier_with_peer on(connect_narrow);
  constexpr std::size_t size = std::size_t{8} << 20U;
  on.ours.write(pattern(size));
  on.ours.write("end");
  CHECK(on.ours.unsent() > 65'536);
  CHECK(on.ours.unsent() + on.ours.sent() == size + 3);
  CHECK(on.peer.take(size) == pattern(size));
  on.ours.await_room();
  CHECK(on.ours.unsent() <= 65'536);
  CHECK(on.peer.take(3) == "end");
  CHECK(on.ours.has_told_nothing_else());
}

TEST_CASE("a peer that closes in the middle is heard to the last octet") {
  carrier_with_peer on;
  on.peer.send("half a mess");
  on.peer.end_output();
  CHECK(on.ours.take(11) == "half a mess");
  CHECK(on.ours.why() == "the peer closed the connection");
}

TEST_CASE("a reset loses the connection, and what is unsent with it") {
  carrier_with_peer on(connect_narrow);
  on.ours.write(pattern(std::size_t{8} << 20U));
  on.peer.reset();
  CHECK(on.ours.why() == "Connection reset by peer");
  CHECK(on.ours.unsent() == 0);
  on.ours.write("too late");
  CHECK(on.ours.unsent() == 0);
}

TEST_CASE("what the peer sent before it went is told although nothing can be written") {
  carrier_lab lab;
  heard_listening listening{lab};
  tcp_client peer(listening.port());
  auto accepted = listening.accept();
  peer.send("last words");
  lab.on([&] { accepted->write("x"); });
  static_cast<void>(peer.take(1));
  peer.reset();
  // A reset takes nothing back from who has it in its socket already.
  lab.on([&] { accepted->write("y"); });
  lab.settle();
  heard_carrier ours(lab, std::move(accepted));
  CHECK(ours.take(10) == "last words");
  CHECK_FALSE(ours.why().empty());
}

TEST_CASE("nothing is told after close, which the owner may call while it is told") {
  pair_of_carriers both;
  both.other.on_received = [](distribution::carrier& self) { self.close(); };
  both.one.write("one");
  both.one.write(pattern(1'000'000));
  CHECK(both.other.take(3) == "one");
  CHECK_FALSE(both.one.why().empty()); // it was closed with unread octets
  both.lab.settle();
  both.other.close();
  CHECK(both.other.unsent() == 0);
}

TEST_CASE("a carrier may be destroyed by what it tells") {
  struct owner final : distribution::carrier::events {
    void received(std::string_view octets) override {
      heard.put(std::string(octets));
      self.reset();
    }
    void has_room() override {}
    void closed(std::string why) override { heard.put(why); }
    channel<std::string> heard;
    std::unique_ptr<distribution::carrier> self;
  };
  carrier_lab lab;
  heard_listening listening{lab};
  tcp_client peer(listening.port());
  owner hears;
  hears.self = listening.accept();
  lab.on([&] { hears.self->start(hears); });
  peer.send("bye");
  CHECK(hears.heard.take() == "bye");
  CHECK(peer.is_at_end());
  lab.settle();
}

TEST_CASE("an owner that throws loses its connection, and no other") {
  pair_of_carriers both;
  both.other.on_received = [](distribution::carrier&) {
    throw std::runtime_error("oops");
  };
  both.one.write("x");
  CHECK(both.other.why() == "its octets could not be handled");
  CHECK(both.one.why() == "the peer closed the connection");
  CHECK(failure(both.lab.dial({.host = "127.0.0.1", .port = both.listening.port()}))
        == "connected");
}

TEST_CASE("one that finishes sends all that was written, and hears nothing more") {
  carrier_with_peer on(connect_wide, SIZE_MAX);
  const auto last = pattern(3'000'000);
  on.ours.write(last);
  on.ours.finish();
  on.ours.write("not this");
  on.peer.send("unread by the owner, which must not cost the last word");
  CHECK(on.peer.take(last.size()) == last);
  CHECK(on.peer.is_at_end());
  CHECK(on.ours.has_told_nothing_else());
}

TEST_CASE("one that finishes may be destroyed at once") {
  carrier_lab lab;
  heard_listening listening{lab};
  tcp_client peer(listening.port());
  auto accepted = listening.accept();
  lab.on([&] {
    accepted->write("not allowed");
    accepted->finish();
    accepted.reset();
  });
  CHECK(peer.take_rest() == "not allowed");
}

TEST_CASE("finishing ends although the peer does not read") {
  carrier_with_peer on(connect_narrow);
  constexpr std::size_t size = std::size_t{8} << 20U;
  on.ours.write(pattern(size));
  on.ours.finish();
  // Its own time is up before the test's: everything after is dropped.
  while (on.ours.unsent() != 0)
    on.lab.settle();
  CHECK(on.peer.take_rest().size() < size);
}

TEST_CASE("a node may end while carriers finish") {
  carrier_lab lab;
  heard_listening listening{lab};
  tcp_client peer(connect_narrow(listening.port()));
  auto accepted = listening.accept();
  lab.on([&] {
    accepted->write(pattern(std::size_t{8} << 20U));
    accepted->finish();
    accepted.reset();
  });
  CHECK_FALSE(peer.peek().empty());
}

TEST_CASE("a carrier tells where its peer is, and has no certificate without TLS") {
  pair_of_carriers both;
  CHECK(both.one.peer_address() == "127.0.0.1:" + std::to_string(both.listening.port()));
  CHECK(both.one.names("127.0.0.1") == distribution::certificate_check::none);
}
