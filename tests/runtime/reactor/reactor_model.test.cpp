// Random programs of streams, by seed: whatever the order of events, both ends of each
// stream get all octets, once and in order.
#include "websock/runtime/reactor/uring_reactor.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"
#include "tests/support/forbid_uring.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using runtime::interest;
using runtime::reactor;
using runtime::reactor_kind;
using runtime::detail::uring_reactor;
using tests::soon;

namespace {

/// The octet at a position of what one side sends.
[[nodiscard]] char octet(std::size_t at) noexcept {
  return static_cast<char>('a' + at % 23);
}

[[nodiscard]] std::string octets(std::size_t from, std::size_t count) {
  std::string all(count, ' ');
  for (auto& each : all)
    each = octet(from++);
  return all;
}

/// One direction: what was sent and what has arrived.
struct flow {
  void arrive(std::string_view some) {
    for (const char each : some)
      is_right = is_right && each == octet(received++);
  }
  std::size_t sent = 0;
  std::size_t received = 0;
  bool is_right = true;
};

/// A connected pair: one end is at a reactor, and keeps what it could not send; the other
/// is the peer.
class pair final : public runtime::io_target {
public:
  explicit pair(reactor& sockets) : sockets_(sockets) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    near_ = ends[0];
    far_ = ends[1];
    const int little = 4'608;
    for (const int each : ends)
      ::setsockopt(each, SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
    want(interest::read);
  }
  ~pair() {
    static_cast<void>(sockets_.remove(near_, *this));
    sockets_.close(near_);
    hang_up();
  }
  pair(const pair&) = delete;
  pair& operator=(const pair&) = delete;

  void want(interest wanted) {
    if (std::exchange(is_there_, true))
      sockets_.change(near_, *this, wanted);
    else
      sockets_.add_stream(near_, *this, wanted);
  }
  void leave() {
    if (!std::exchange(is_there_, false))
      return;
    backlog_.insert(0, sockets_.remove(near_, *this));
  }
  void send(std::size_t count) {
    const auto some = octets(out.sent, count);
    out.sent += count;
    if (!backlog_.empty()) {
      backlog_ += some;
      return;
    }
    const auto went = is_there_ ? sockets_.post(near_, some) : sockets_.send(near_, some);
    backlog_ += some.substr(went < 0 ? 0 : static_cast<std::size_t>(went));
  }
  void flush() {
    const auto went = sockets_.send(near_, backlog_);
    if (went > 0)
      backlog_.erase(0, static_cast<std::size_t>(went));
  }
  void read(std::size_t most) {
    std::array<std::byte, 8'192> into;
    const auto count = sockets_.receive(near_, std::span(into).first(most));
    if (count > 0)
      in.arrive(
          {reinterpret_cast<const char*>(into.data()), static_cast<std::size_t>(count)});
    has_ended = has_ended || count == 0 || (count < 0 && errno != EAGAIN);
  }
  void on_ready(runtime::readiness what) override {
    if (what.readable && !has_ended)
      read(at_once);
    if (what.writable && !backlog_.empty())
      flush();
  }
  void on_unsent(std::string_view rest) override { backlog_.insert(0, rest); }

  void peer_sends(std::size_t count) {
    const auto some = octets(in.sent, count);
    const auto went = ::send(far_, some.data(), some.size(), MSG_NOSIGNAL);
    if (went > 0)
      in.sent += static_cast<std::size_t>(went);
  }
  void peer_reads(std::size_t most) {
    std::array<char, 8'192> into;
    const auto count = ::recv(far_, into.data(), most, 0);
    if (count > 0)
      out.arrive({into.data(), static_cast<std::size_t>(count)});
  }
  void peer_ends() { ::shutdown(far_, SHUT_WR); }
  void hang_up() {
    if (far_ >= 0)
      ::close(std::exchange(far_, -1));
  }

  [[nodiscard]] bool is_connected() const noexcept { return far_ >= 0; }
  [[nodiscard]] bool is_settled() const noexcept {
    return !is_connected() || (out.sent == out.received && in.sent == in.received);
  }

  flow out; // to the peer
  flow in;
  std::size_t at_once = 8'192;
  bool has_ended = false;

private:
  reactor& sockets_;
  int near_ = -1;
  int far_ = -1;
  std::string backlog_;
  bool is_there_ = false;
};

struct program {
  unsigned seed;
  std::size_t streams;
  std::size_t steps;
  std::optional<std::size_t> refused_at =
      {}; // the step before which io_uring is forbidden
};

class run {
public:
  run(reactor& sockets, program what) : sockets_(sockets), random_(what.seed) {
    for (std::size_t i = 0; i < what.streams; ++i)
      pairs_.push_back(std::make_unique<pair>(sockets_));
    for (std::size_t i = 0; i < what.steps; ++i) {
      if (i == what.refused_at)
        tests::forbid_uring();
      step();
    }
    settle();
  }

  void check() const {
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      CAPTURE(i);
      CHECK(pairs_[i]->is_settled());
      CHECK(pairs_[i]->in.is_right);
      CHECK(pairs_[i]->out.is_right);
    }
  }

private:
  [[nodiscard]] std::size_t below(std::size_t end) { return random_() % end; }

  void step() {
    auto& one = pairs_[below(pairs_.size())];
    switch (below(14)) {
    case 0:
      one->want(static_cast<interest>(below(4)));
      break;
    case 1:
      one->leave();
      break;
    case 2:
      one->at_once = 1 + below(8'192);
      break;
    case 3: // whoever comes next may have the same descriptor
      if (below(4) == 0)
        one = std::make_unique<pair>(sockets_);
      break;
    case 4:
      if (below(8) == 0)
        one->hang_up();
      else if (below(4) == 0)
        one->peer_ends();
      break;
    case 5:
      for (const auto& each : pairs_) // all at once, more than there are buffers
        if (each->is_connected())
          each->peer_sends(1 + below(3));
      break;
    case 6:
      for (const auto& each : pairs_)
        each->send(1 + below(600));
      break;
    case 7:
    case 8:
      one->send(1 + below(5'000));
      break;
    case 9:
    case 10:
      if (one->is_connected())
        one->peer_sends(1 + below(5'000));
      break;
    case 11:
      if (one->is_connected())
        one->peer_reads(1 + below(8'192));
      break;
    case 12:
      one->read(1 + below(8'192)); // without having been told
      break;
    default:
      if (below(2) == 0)
        sockets_.poll();
      else
        sockets_.wait(std::chrono::nanoseconds());
    }
  }

  void settle() {
    const auto end = std::chrono::steady_clock::now() + soon;
    for (const auto& each : pairs_) {
      each->at_once = 8'192;
      each->want(interest::read_write);
    }
    for (bool is_done = false; !is_done && std::chrono::steady_clock::now() < end;) {
      sockets_.poll();
      is_done = true;
      for (const auto& each : pairs_) {
        if (each->has_ended)
          each->want(interest::write);
        if (each->is_connected())
          each->peer_reads(8'192);
        is_done = is_done && each->is_settled();
      }
    }
  }

  reactor& sockets_;
  std::mt19937 random_;
  std::vector<std::unique_ptr<pair>> pairs_;
};

void run_all(std::unique_ptr<reactor> (*make)()) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const auto sockets = make();
    const bool has_many = seed % 10 == 0;
    run one(*sockets, {seed, has_many ? 400U : 1 + seed % 7, has_many ? 300U : 600U});
    one.check();
  }
}

} // namespace

TEST_CASE("random programs: epoll") {
  run_all([] { return runtime::make_reactor(reactor_kind::epoll); });
}

TEST_CASE("random programs: io_uring, with rings of each size") {
  if (tests::kinds().back() != reactor_kind::uring)
    return;
  run_all([] { return runtime::make_reactor(reactor_kind::uring); });
  run_all([]() -> std::unique_ptr<reactor> {
    return std::make_unique<uring_reactor>(
        runtime::reactor_refused{},
        runtime::detail::uring_sizes{.submissions = 8, .completions = 16});
  });
}

TEST_CASE("random programs: io_uring, until it is refused") {
  if (tests::kinds().back() != reactor_kind::uring)
    return;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::unique_ptr<reactor> sockets;
    std::unique_ptr<run> one;
    std::thread([&] { // it is forbidden to this thread alone
      sockets = runtime::make_reactor(reactor_kind::uring);
      one = std::make_unique<run>(*sockets, program{seed, 1 + seed % 30, 400, seed * 10});
    })
        .join();
    one->check();
  }
}
