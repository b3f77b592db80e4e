// Receiving and sending through each reactor.
#include "websock/runtime/reactor/reactor.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::interest;
using runtime::reactor;
using tests::one_of_each;
using tests::socket_pair;
using tests::soon;

namespace {

/// A stream that is read as far as it may be, and posts.
class stream final : public runtime::io_target {
public:
  stream(reactor& sockets, int descriptor) : sockets_(sockets), descriptor_(descriptor) {
    want(interest::read);
  }
  ~stream() {
    static_cast<void>(sockets_.remove(descriptor_, *this));
    sockets_.close(descriptor_);
  }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  void want(interest wanted) {
    if (is_there_)
      sockets_.change(descriptor_, *this, wanted);
    else
      sockets_.add_stream(descriptor_, *this, wanted);
    is_there_ = true;
  }
  void forget() {
    unsent.insert(0, sockets_.remove(descriptor_, *this));
    is_there_ = false;
  }
  void on_ready(runtime::readiness what) override {
    if (what.readable && reads)
      read();
    if (what.writable)
      ++writable;
  }
  void on_unsent(std::string_view rest) override {
    told_unsent += 1;
    unsent.insert(0, rest);
  }
  void read() {
    std::array<std::byte, 100'000> into;
    const auto count = sockets_.receive(descriptor_, std::span(into).first(at_once));
    if (count > 0)
      got.append(reinterpret_cast<const char*>(into.data()),
                 static_cast<std::size_t>(count));
    has_ended = has_ended || count == 0;
  }
  [[nodiscard]] ssize_t post(std::string_view bytes) {
    return sockets_.post(descriptor_, bytes);
  }
  [[nodiscard]] ssize_t send(std::string_view bytes) {
    return sockets_.send(descriptor_, bytes);
  }

  bool reads = true;
  std::size_t at_once = 100'000;
  std::string got;
  std::string unsent;
  int told_unsent = 0;
  int writable = 0;
  bool has_ended = false;

private:
  reactor& sockets_;
  const int descriptor_;
  bool is_there_ = false;
};

/// What `descriptor` gives without blocking.
[[nodiscard]] std::string read_all(int descriptor) {
  std::string all;
  std::array<char, 65'536> into;
  for (;;) {
    const auto count = ::recv(descriptor, into.data(), into.size(), MSG_DONTWAIT);
    if (count <= 0)
      return all;
    all.append(into.data(), static_cast<std::size_t>(count));
  }
}

/// Fills the kernel's memory for the other end. Returns what it took.
[[nodiscard]] std::size_t fill(int descriptor) {
  const std::string bytes(65'536, 'f');
  std::size_t sum = 0;
  for (;;) {
    const auto count =
        ::send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count <= 0)
      return sum;
    sum += static_cast<std::size_t>(count);
  }
}

/// A stream whose kernel takes nothing more for the other end.
struct full_stream {
  full_stream() {
    made->poll();
    filled = fill(descriptor);
  }

  std::unique_ptr<reactor> made = one_of_each();
  socket_pair pair;
  const int descriptor = std::exchange(pair.ends[0], -1);
  stream end{*made, descriptor};
  std::size_t filled = 0;
};

/// Polls until `is_so()`, at most for some seconds.
template <class F>
[[nodiscard]] bool poll_until(reactor& sockets, F is_so) {
  const auto end = std::chrono::steady_clock::now() + soon;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    sockets.poll();
  }
  return true;
}

[[nodiscard]] std::string numbers(std::size_t size, std::size_t from = 0) {
  std::string all(size, ' ');
  for (auto& each : all)
    each = static_cast<char>('a' + from++ % 23);
  return all;
}

} // namespace

TEST_CASE("what comes on a stream is read, in pieces as well, and its end behind it") {
  const auto made = one_of_each();
  socket_pair pair;
  stream end(*made, std::exchange(pair.ends[0], -1));
  end.at_once = GENERATE(1U, 7U, 100'000U);
  const auto sent = numbers(1'000);
  REQUIRE(::write(pair.ends[1], sent.data(), sent.size()) == 1'000);
  ::shutdown(pair.ends[1], SHUT_WR);
  REQUIRE(poll_until(*made, [&] { return end.has_ended; }));
  CHECK(end.got == sent);
}

TEST_CASE("a stream that is not read from fills the kernel, and is read whole later") {
  const auto made = one_of_each();
  const bool is_asked = GENERATE(true, false);
  socket_pair pair;
  stream end(*made, std::exchange(pair.ends[0], -1));
  end.reads = false;
  made->poll();
  if (!is_asked)
    end.want(interest::nothing);
  std::size_t taken = 0;
  for (int i = 0; i < 100; ++i) { // the reactor takes some, and then no more
    taken += fill(pair.ends[1]);
    made->poll();
  }
  CHECK(fill(pair.ends[1]) == 0);
  end.reads = true;
  end.want(interest::read);
  std::size_t more = 0;
  REQUIRE(poll_until(*made, [&] { return end.got.size() == taken; }));
  more = fill(pair.ends[1]);
  CHECK(more > 0);
  REQUIRE(poll_until(*made, [&] { return end.got.size() == taken + more; }));
}

TEST_CASE("what was read ahead waits for the next target of a stream") {
  const auto made = one_of_each();
  socket_pair pair;
  stream end(*made, std::exchange(pair.ends[0], -1));
  end.reads = false;
  REQUIRE(::write(pair.ends[1], "first", 5) == 5);
  made->poll();
  made->poll();
  end.forget();
  REQUIRE(::write(pair.ends[1], " second", 7) == 7);
  made->poll();
  end.reads = true;
  end.want(interest::read);
  REQUIRE(poll_until(*made, [&] { return end.got.size() == 12; }));
  CHECK(end.got == "first second");
}

TEST_CASE("a read finds what has come, reported or not") {
  const auto made = one_of_each();
  socket_pair pair;
  stream end(*made, std::exchange(pair.ends[0], -1));
  made->poll();
  end.read();
  CHECK(end.got.empty());
  REQUIRE(::write(pair.ends[1], "here", 4) == 4);
  end.at_once = 1;
  end.read();
  CHECK(end.got == "h");
  REQUIRE(poll_until(*made, [&] { return end.got == "here"; }));
  REQUIRE(::write(pair.ends[1], " and there", 10) == 10);
  REQUIRE(poll_until(*made, [&] { return end.got == "here and there"; }));
}

TEST_CASE("what is posted has left when the reactor was polled, in order") {
  const auto made = one_of_each();
  socket_pair pair;
  stream end(*made, std::exchange(pair.ends[0], -1));
  const auto finish = GENERATE(0, 1, 2, 3);
  CHECK(end.post("one ") == 4);
  CHECK(end.post("two ") == 4);
  CHECK(end.send("three") == 5);
  if (finish == 0)
    made->poll();
  else if (finish == 1)
    made->wait(0ns);
  else if (finish == 2)
    static_cast<void>(made->prepare_to_wait());
  else
    end.forget();
  CHECK(read_all(pair.ends[1]) == "one two three");
  CHECK(end.unsent.empty());
}

TEST_CASE("streams that post by turns send each their own") {
  const auto made = one_of_each();
  socket_pair first;
  socket_pair second;
  stream one(*made, std::exchange(first.ends[0], -1));
  stream other(*made, std::exchange(second.ends[0], -1));
  CHECK(one.post("a") == 1);
  CHECK(other.post("1") == 1);
  CHECK(one.post("b") == 1);
  CHECK(other.post("2") == 1);
  CHECK(one.send("c") == 1);
  made->poll();
  CHECK(read_all(first.ends[1]) == "abc");
  CHECK(read_all(second.ends[1]) == "12");
}

TEST_CASE("what a full socket does not take of a post comes back to be sent again") {
  full_stream on;
  const bool is_removed = GENERATE(false, true);
  const auto took = on.end.post("post");
  if (is_removed)
    on.end.forget();
  else
    on.made->poll();
  CHECK(std::max(took, ssize_t{0}) == static_cast<ssize_t>(on.end.unsent.size()));
  if (!on.end.unsent.empty() && !is_removed)
    REQUIRE(poll_until(*on.made, [&] { return on.end.writable > 0; }));
  on.end.want(interest::read_write);
  const auto before = on.end.writable;
  CHECK(read_all(on.pair.ends[1]).size() == on.filled);
  REQUIRE(poll_until(*on.made, [&] { return on.end.writable > before; }));
  CHECK(on.end.send("sent") == 4);
  CHECK(read_all(on.pair.ends[1]) == "sent");
}

TEST_CASE("who watches nothing hears of what comes back, and then that it is writable") {
  full_stream on;
  const auto took = std::max(on.end.post("post"), ssize_t{0});
  on.end.want(interest::nothing);
  CHECK(on.end.told_unsent == 0);
  on.made->poll();
  CHECK(on.end.unsent.size() == static_cast<std::size_t>(took));
  CHECK(on.end.writable == (took > 0 ? 1 : 0));
  static_cast<void>(read_all(on.pair.ends[1]));
  ::close(std::exchange(on.pair.ends[1], -1)); // a hang-up
  for (int i = 0; i < 3; ++i)
    CHECK(on.made->poll() <= 1); // of the reactor's own
  CHECK(on.end.writable == (took > 0 ? 1 : 0));
  on.end.want(interest::read);
  REQUIRE(poll_until(*on.made, [&] { return on.end.has_ended; }));
}

TEST_CASE("no function that changes what is watched calls its target") {
  full_stream on;
  const auto took = std::max(on.end.post("post"), ssize_t{0});
  const auto asked = GENERATE(interest::nothing, interest::read, interest::write);
  on.end.want(asked);
  static_cast<void>(on.end.send(" more"));
  on.end.read(); // may look at what the kernel tells
  CHECK(on.end.told_unsent == 0);
  CHECK(on.end.writable == 0);
  on.end.forget();
  CHECK(on.end.told_unsent == 0);
  if (took > 0)
    CHECK(on.end.unsent == "post more");
  on.made->poll();
  CHECK(on.end.told_unsent == 0);
  CHECK(on.end.writable == 0);
}

TEST_CASE("what came back is told before anything else, and nothing overtakes it") {
  const auto made = one_of_each();
  struct writer final : runtime::io_target {
    void on_ready(runtime::readiness) override { heard += 'w'; }
    void on_unsent(std::string_view rest) override {
      heard += "u:" + std::string(rest) + " ";
      if (sockets->post(descriptor, "x") < 0)
        heard += "full ";
      sockets->change(descriptor, *this, interest::nothing);
    }
    reactor* sockets = nullptr;
    int descriptor = -1;
    std::string heard;
  };
  socket_pair pair;
  writer target;
  target.sockets = made.get();
  target.descriptor = pair.ends[0];
  made->add_stream(pair.ends[0], target, interest::read);
  made->poll();
  const auto filled = fill(pair.ends[0]);
  if (made->post(pair.ends[0], "1") == 1) {
    made->poll();
    CHECK(target.heard == "u:1 w");
    made->poll(); // the "x" was taken, and comes back as well
    CHECK(target.heard == "u:1 wu:x w");
  }
  CHECK(read_all(pair.ends[1]).size() == filled);
  CHECK(made->remove(pair.ends[0], target).size() <= 1);
  made->close(std::exchange(pair.ends[0], -1));
}

TEST_CASE("behind a post that is large already a stream is full for a moment") {
  const auto made = one_of_each();
  socket_pair pair;
  stream end(*made, std::exchange(pair.ends[0], -1));
  const auto large = numbers(60'000);
  REQUIRE(end.post("first") == 5);
  const auto taken = end.send(large);
  REQUIRE(taken == 60'000);
  const auto refused = end.send(large);
  if (refused < 0) {
    CHECK(errno == EAGAIN);
    REQUIRE(poll_until(*made, [&] { return end.writable > 0; }));
    CHECK(read_all(pair.ends[1]) == "first" + large);
  }
  made->poll();
  CHECK(end.unsent.empty());
}

TEST_CASE("a stream that is closed ends for its peer, and nothing of it comes again") {
  const auto made = one_of_each();
  const bool is_known_to_the_kernel = GENERATE(true, false);
  socket_pair pair;
  socket_pair other;
  const int descriptor = std::exchange(pair.ends[0], -1);
  {
    const stream end(*made, descriptor);
    if (is_known_to_the_kernel)
      made->poll();
    REQUIRE(::write(pair.ends[1], "old", 3) == 3);
    REQUIRE(::write(other.ends[1], "new", 3) == 3);
  }
  // Another stream with the same descriptor, while the kernel may know the old one.
  REQUIRE(::dup2(other.ends[0], descriptor) == descriptor);
  const stream next(*made, descriptor);
  REQUIRE(poll_until(*made, [&] { return next.got.size() >= 3; }));
  CHECK(next.got == "new");
  char byte = 0;
  const auto is_over = [&] {
    return ::recv(pair.ends[1], &byte, 1, MSG_DONTWAIT) >= 0 || errno != EAGAIN;
  };
  REQUIRE(poll_until(*made, is_over));
}

TEST_CASE("streams carry what is sent, however it is cut and whoever waits") {
  const auto made = one_of_each();
  std::mt19937 random(GENERATE(1U, 2U, 3U, 4U, 5U));
  socket_pair pair;
  stream end(*made, std::exchange(pair.ends[0], -1));
  std::string sent;
  const auto below = [&](std::size_t limit) { return random() % limit; };
  for (int i = 0; i < 2'000; ++i) {
    switch (below(8)) {
    case 0:
      end.want(interest::read_write);
      break;
    case 1:
      end.want(interest::nothing);
      break;
    case 2:
      end.forget();
      end.want(interest::read);
      break;
    case 3:
      end.reads = !end.reads;
      break;
    case 4:
      end.at_once = 1 + below(below(2) == 0 ? 100 : 100'000);
      break;
    case 5:
      end.read();
      break;
    default:
      const auto piece = numbers(1 + below(below(4) == 0 ? 100'000 : 300), sent.size());
      const auto count =
          ::send(pair.ends[1], piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      sent.append(piece, 0, static_cast<std::size_t>(std::max(count, ssize_t{0})));
    }
    made->poll();
  }
  end.reads = true;
  end.at_once = 100'000;
  end.want(interest::read);
  REQUIRE(poll_until(*made, [&] { return end.got.size() >= sent.size(); }));
  CHECK(end.got == sent);
}
