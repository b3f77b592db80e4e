// Runs the same tests on every reactor, and shows where a shard sleeps.
#include "websock/runtime/reactor/reactor.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/shard_work.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::interest;
using runtime::reactor_kind;
using tests::falls_asleep;
using tests::kinds;
using tests::one_of_each;
using tests::socket_pair;
using tests::soon;

namespace {

struct counting_target final : runtime::io_target {
  void on_ready(runtime::readiness what) override {
    readable += what.readable ? 1 : 0;
    hung_up += what.hung_up ? 1 : 0;
  }
  int readable = 0;
  int hung_up = 0;
};

/// Of two, the one that is told first removes the other.
struct rival final : runtime::io_target {
  explicit rival(runtime::reactor& all) : sockets(all) {}
  void on_ready(runtime::readiness) override {
    is_told = true;
    if (auto* const gone = std::exchange(other, nullptr))
      static_cast<void>(sockets.remove(gone->descriptor, *gone));
  }
  runtime::reactor& sockets;
  rival* other = nullptr;
  int descriptor = -1;
  bool is_told = false;
};

enum class added_as { any_descriptor, stream };

void add_to(runtime::reactor& sockets, int descriptor, runtime::io_target& target,
            added_as what) {
  if (what == added_as::stream)
    sockets.add_stream(descriptor, target, interest::read);
  else
    sockets.add(descriptor, target, interest::read);
}

[[nodiscard]] bool is_readable(int descriptor) {
  pollfd asked{descriptor, POLLIN, 0};
  return ::poll(&asked, 1, 0) == 1;
}

} // namespace

TEST_CASE("a wait ends with a ready socket, which is reported again until it is read") {
  const auto made = one_of_each();
  const auto what = GENERATE(added_as::any_descriptor, added_as::stream);
  auto& sockets = *made;
  socket_pair pair;
  counting_target target;
  sockets.poll();
  add_to(sockets, pair.ends[0], target, what);
  pair.write_to_first();
  sockets.wait(std::nullopt);
  CHECK(target.readable == 1);
  CHECK(sockets.poll() == 1);
  CHECK(target.readable == 2);
  sockets.wait(std::nullopt);
  CHECK(target.readable == 3);
  CHECK(sockets.remove(pair.ends[0], target).empty());
  sockets.poll();
  CHECK(target.readable == 3);
  CHECK(sockets.poll() == 0);
  if (what == added_as::stream)
    sockets.close(std::exchange(pair.ends[0], -1));
}

TEST_CASE("who is removed while others are told is not told any more") {
  const auto made = one_of_each();
  const auto what = GENERATE(added_as::any_descriptor, added_as::stream);
  socket_pair pairs[2];
  rival one(*made);
  rival other(*made);
  one.other = &other;
  other.other = &one;
  one.descriptor = pairs[0].ends[0];
  other.descriptor = pairs[1].ends[0];
  for (auto* const each : {&one, &other})
    add_to(*made, each->descriptor, *each, what);
  made->poll();
  for (const auto& each : pairs)
    each.write_to_first();
  for (int i = 0; i < 10; ++i)
    made->poll();
  CHECK(one.is_told != other.is_told);
  static_cast<void>(made->remove(one.descriptor, one));
  static_cast<void>(made->remove(other.descriptor, other));
  for (auto& each : pairs)
    if (what == added_as::stream)
      made->close(std::exchange(each.ends[0], -1));
}

TEST_CASE("a reset is told as a hang-up") {
  const auto made = one_of_each();
  const auto what = GENERATE(added_as::any_descriptor, added_as::stream);
  socket_pair pair;
  counting_target target;
  add_to(*made, pair.ends[0], target, what);
  made->poll();
  REQUIRE(::write(pair.ends[0], "x", 1) == 1);
  for (int i = 0; i < 10; ++i)
    made->poll();
  CHECK(target.hung_up == 0);
  ::close(std::exchange(pair.ends[1], -1)); // with an octet that nobody has read
  for (int i = 0; i < 10; ++i)
    made->poll();
  const auto before = target.hung_up;
  CHECK(before > 0);
  made->poll();
  CHECK(target.hung_up > before); // again and again
  static_cast<void>(made->remove(pair.ends[0], target));
  if (what == added_as::stream)
    made->close(std::exchange(pair.ends[0], -1));
}

// A ring that was closed before may interrupt the thread: the kernel then cleans up after
// it.
TEST_CASE("a wait ends with its limit, or is interrupted and can go on") {
  const auto made = one_of_each();
  auto& sockets = *made;
  sockets.poll();
  for (const std::chrono::nanoseconds limit : {0us, 300us, 2'500us}) {
    const auto end = std::chrono::steady_clock::now() + limit;
    int waits = 0;
    do
      sockets.wait(std::max(end - std::chrono::steady_clock::now(), 0ns));
    while (++waits < 10 && std::chrono::steady_clock::now() < end);
    CHECK(waits < 10);
  }
}

TEST_CASE("a wake ends the wait that is, or the next one, once") {
  const auto made = one_of_each();
  auto& sockets = *made;
  sockets.poll();
  CHECK(sockets.prepare_to_wait());
  CHECK_FALSE(is_readable(sockets.descriptor()));
  sockets.wake();
  sockets.wake();
  CHECK(is_readable(sockets.descriptor()));
  sockets.wait(std::nullopt);
  CHECK(sockets.prepare_to_wait());
  CHECK_FALSE(is_readable(sockets.descriptor()));
  CHECK(sockets.poll() == 0);
  std::thread other([&] { sockets.wake(); });
  sockets.wait(std::nullopt);
  other.join();
}

TEST_CASE("an unknown reactor is refused by its name") {
  CHECK(runtime::reactor_kind_from("auto") == reactor_kind::automatic);
  CHECK(runtime::reactor_kind_from("epoll") == reactor_kind::epoll);
  CHECK(runtime::reactor_kind_from("uring") == reactor_kind::uring);
  CHECK_THROWS_AS(runtime::reactor_kind_from("kqueue"), std::invalid_argument);
  CHECK_THROWS_WITH(runtime::reactor_kind_from("kqueue"),
                    "reactor is kqueue: it must be auto, epoll or uring");
}

TEST_CASE("a choice of a reactor tells its reason") {
  for (const auto kind : kinds()) {
    const auto chosen = runtime::choose_reactor(kind);
    CHECK(chosen.kind == kind);
    CHECK(chosen.reason == "an option");
  }
  const auto chosen = runtime::choose_reactor(reactor_kind::automatic);
  CHECK(chosen.kind != reactor_kind::automatic);
  CHECK_FALSE(chosen.reason.empty());
  CHECK(to_string(reactor_kind::automatic) == "auto");
  CHECK(runtime::node({.shards = 1, .reactor = chosen.kind}).reactor().kind
        == chosen.kind);
}

TEST_CASE("a system without descriptors is not taken for one without io_uring") {
  if (!tests::are_allocations_counted())
    return; // a sanitizer takes descriptors itself to look at objects
  if (runtime::choose_reactor(reactor_kind::automatic).kind != reactor_kind::uring)
    return; // it was not tried
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  std::error_code refused;
  try {
    static_cast<void>(runtime::choose_reactor(reactor_kind::automatic));
  } catch (const std::system_error& failed) {
    refused = failed.code();
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(refused == std::errc::too_many_files_open);
}

TEST_CASE("a shard without Asio takes two descriptors") {
  const auto how = GENERATE_COPY(from_range(kinds()));
  const auto with = [how](std::size_t shards) {
    const runtime::node node({.shards = shards, .pool_threads = 1, .reactor = how});
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto few = with(1);
  CHECK(with(9) - few == 16);
}

TEST_CASE("a shard that sleeps without Asio hears of messages and of timers") {
  runtime::node node({.shards = 1, .reactor = GENERATE_COPY(from_range(kinds()))});
  std::promise<void> done;
  node.spawn([&](runtime::process&) { done.set_value(); });
  REQUIRE(done.get_future().wait_for(soon) == std::future_status::ready);
  CHECK(tests::hears_of_timer(node));
  node.stop();
}

TEST_CASE("who asks for Asio on a shard that sleeps is served, from any thread") {
  runtime::node node({.shards = 1, .reactor = GENERATE_COPY(from_range(kinds()))});
  REQUIRE(falls_asleep(tests::heard_on(node, [] { return ::gettid(); })));
  std::promise<bool> posted;
  asio::post(node.shard_at(0).io(),
             [&] { posted.set_value(node.shard_at(0).is_current()); });
  auto ran = posted.get_future();
  REQUIRE(ran.wait_for(soon) == std::future_status::ready);
  CHECK(ran.get());
  std::promise<void> expired;
  asio::steady_timer timer(node.shard_at(0).io());
  node.shard_at(0).post([&](runtime::shard&) {
    timer.expires_after(2ms);
    timer.async_wait([&](const asio::error_code&) { expired.set_value(); });
  });
  REQUIRE(expired.get_future().wait_for(soon) == std::future_status::ready);
  // And what comes from elsewhere is still heard.
  CHECK(tests::heard_on(node, [] { return true; }));
  node.stop();
}
