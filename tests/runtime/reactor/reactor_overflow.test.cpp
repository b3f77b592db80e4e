// More completions in a round than fit into the io_uring ring.
#include "websock/runtime/reactor/uring_reactor.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using runtime::interest;
using runtime::detail::uring_reactor;
using tests::has_uring;
using tests::socket_pair;

namespace {

constexpr runtime::detail::uring_sizes tiny{.submissions = 8, .completions = 16};
constexpr std::size_t stream_count = 100;

/// Notes what it gets, and what comes back of what it posts.
class noted_stream final : public runtime::io_target {
public:
  explicit noted_stream(uring_reactor& sockets) : sockets_(sockets) {
    sockets_.add_stream(near(), *this, interest::read);
  }
  ~noted_stream() {
    static_cast<void>(sockets_.remove(near(), *this));
    sockets_.close(std::exchange(pair_.ends[0], -1));
  }
  noted_stream(const noted_stream&) = delete;
  noted_stream& operator=(const noted_stream&) = delete;

  /// After it the kernel takes nothing more, but from the peer.
  void fill() const {
    const std::string octets(4'096, 'f');
    while (::send(near(), octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
           > 0) {
    }
  }
  [[nodiscard]] bool post(std::string_view octets) {
    return sockets_.post(near(), octets) == static_cast<ssize_t>(octets.size());
  }
  void hear_from_peer() const { REQUIRE(::write(pair_.ends[1], "x", 1) == 1); }

  void on_ready(runtime::readiness what) override {
    std::array<std::byte, 64> into;
    if (!what.readable)
      return;
    if (const auto count = sockets_.receive(near(), into); count > 0)
      received += static_cast<std::size_t>(count);
  }
  void on_unsent(std::string_view rest) override { unsent += rest; }

  std::size_t received = 0;
  std::string unsent;

private:
  [[nodiscard]] int near() const noexcept { return pair_.ends[0]; }

  uring_reactor& sockets_;
  socket_pair pair_;
};

using streams = std::vector<std::unique_ptr<noted_stream>>;

/// So many that their completions overflow the ring; the kernel takes nothing of them.
[[nodiscard]] streams full_streams(uring_reactor& sockets) {
  streams made;
  for (std::size_t i = 0; i < stream_count; ++i) {
    made.push_back(std::make_unique<noted_stream>(sockets));
    made.back()->fill();
  }
  return made;
}

/// Until no completion is left, however few come in a round.
void poll_all(uring_reactor& sockets) {
  for (std::size_t turns = 0; turns < 10 * stream_count; ++turns)
    sockets.poll();
}

} // namespace

TEST_CASE("what falls short comes back to its stream, however many fall short at once") {
  if (!has_uring())
    return;
  uring_reactor sockets({}, tiny);
  const auto all = full_streams(sockets);
  std::vector<std::string> posted(stream_count);
  for (int round = 0; round < 3; ++round) {
    CAPTURE(round);
    for (std::size_t i = 0; i < stream_count; ++i) {
      const std::string octets =
          '<' + std::to_string(round) + ':' + std::to_string(i) + '>';
      all[i]->hear_from_peer(); // a completion more, which takes room
      REQUIRE(all[i]->post(octets));
      posted[i] += octets;
    }
    sockets.poll();
    for (std::size_t i = 0; i < stream_count; ++i)
      CHECK(all[i]->unsent == posted[i]);
  }
  poll_all(sockets);
  for (const auto& each : all)
    CHECK(each->received == 3);
}

TEST_CASE("streams that are gone before their completions come disturb no other") {
  if (!has_uring())
    return;
  uring_reactor sockets({}, tiny);
  auto all = full_streams(sockets);
  for (const auto& each : all)
    each->hear_from_peer();
  for (const auto& each : all)
    REQUIRE(each->post("octets"));
  for (std::size_t i = 0; i < stream_count; i += 2)
    all[i] = std::make_unique<noted_stream>(sockets);
  poll_all(sockets);
  for (std::size_t i = 0; i < stream_count; ++i) {
    CAPTURE(i);
    CHECK(all[i]->unsent == (i % 2 == 0 ? "" : "octets"));
    CHECK(all[i]->received == i % 2);
  }
}
