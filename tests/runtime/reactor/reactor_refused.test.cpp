// A kernel that refuses io_uring after the reactor has started to use it.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/reactor/uring.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"
#include "tests/support/forbid_uring.hpp"
#include "tests/support/shard_work.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::interest;
using runtime::reactor_kind;
using tests::has_uring;
using tests::heard_on;
using tests::soon;

namespace {

struct reader final : runtime::io_target {
  reader(runtime::reactor& from, int of) : sockets(from), descriptor(of) {}
  void on_ready(runtime::readiness) override {
    std::array<std::byte, 16> into{};
    const auto count = sockets.receive(descriptor, into);
    if (count <= 0)
      return;
    if (got.empty())
      has_begun.set_value();
    got.append(reinterpret_cast<const char*>(into.data()),
               static_cast<std::size_t>(count));
  }
  runtime::reactor& sockets;
  int descriptor;
  std::string got;
  std::promise<void> has_begun;
};

} // namespace

TEST_CASE("a reactor whose ring is refused goes on, and says so once") {
  if (!has_uring())
    return;
  std::vector<std::error_code> refused;
  std::string got_before;
  std::string got;
  std::array<char, 16> peer_got{};
  ssize_t peer_count = 0;
  bool is_woken = false;
  std::thread([&] {
    const auto sockets = runtime::make_reactor(
        reactor_kind::uring, [&](const std::error_code& why) { refused.push_back(why); });
    tests::socket_pair pair;
    const int near = std::exchange(pair.ends[0], -1);
    reader target(*sockets, near);
    sockets->add_stream(near, target, interest::read);
    pair.write_to_first();
    sockets->wait(std::nullopt);
    got_before = target.got;
    tests::forbid_uring();
    static_cast<void>(sockets->post(near, "posted"));
    pair.write_to_first();
    for (int i = 0; i < 3; ++i)
      sockets->wait(10ms);
    got = target.got;
    peer_count = ::recv(pair.ends[1], peer_got.data(), peer_got.size(), MSG_DONTWAIT);
    sockets->wake();
    sockets->wait(std::nullopt);
    is_woken = true;
    static_cast<void>(sockets->remove(near, target));
    sockets->close(near);
    // The kernel lets go of what the ring held in its own time.
    pollfd ended{pair.ends[1], POLLIN, 0};
    CHECK(::poll(&ended, 1, static_cast<int>(std::chrono::milliseconds(soon).count()))
          == 1);
    CHECK(::recv(pair.ends[1], peer_got.data(), peer_got.size(), MSG_DONTWAIT) == 0);
  }).join();
  CHECK(got_before == "x");
  CHECK(got == "xx");
  CHECK(peer_count == 6);
  CHECK(std::string_view(peer_got.data(), 6) == "posted");
  CHECK(is_woken);
  REQUIRE(refused.size() == 1);
  CHECK(refused.front() == std::errc::operation_not_permitted);
}

TEST_CASE("a ring that the kernel never has memory for is refused, not asked for ever") {
  if (!has_uring())
    return;
  const int error = GENERATE(EAGAIN, EBUSY, ENOMEM);
  int refusal = 0;
  std::thread([&] {
    runtime::detail::uring ring({.submissions = 8, .completions = 16});
    ring.submit();
    tests::forbid_uring(static_cast<unsigned>(error));
    for (int i = 0; i < 20; ++i)
      ::io_uring_prep_nop(&ring.request());
    refusal = ring.refusal();
  }).join();
  CHECK(refusal == error);
}

TEST_CASE("a node whose shard is refused its ring goes on, and stops") {
  if (!has_uring())
    return;
  const auto error = GENERATE(as<unsigned>{}, EPERM, ENOMEM);
  std::promise<std::string> logged;
  runtime::node node(
      {.shards = 1,
       .log = [&](runtime::log_level,
                  std::string_view line) { logged.set_value(std::string(line)); },
       .reactor = reactor_kind::uring});
  const bool uses_asio = GENERATE(false, true);
  if (uses_asio)
    static_cast<void>(node.shard_at(0).io());
  CHECK(heard_on(node, [] { return 1; }) == 1);
  CHECK(heard_on(node,
                 [error] {
                   tests::forbid_uring(error);
                   return 2;
                 })
        == 2);
  auto line = logged.get_future();
  REQUIRE(line.wait_for(soon) == std::future_status::ready);
  CHECK(line.get().starts_with("shard 0: the kernel refuses io_uring by now ("));
  CHECK(heard_on(node, [] { return 3; }) == 3);
  CHECK(tests::hears_of_timer(node));
  tests::socket_pair pair;
  reader target(node.shard_at(0).sockets(), pair.ends[0]);
  const auto thread = heard_on(node, [&] {
    target.sockets.add_stream(pair.ends[0], target, interest::read);
    return ::gettid();
  });
  REQUIRE(tests::falls_asleep(thread));
  pair.write_to_first(); // wakes it, and nothing else does
  CHECK(target.has_begun.get_future().wait_for(soon) == std::future_status::ready);
  CHECK(heard_on(node, [&] { return target.got; }) == "x");
  static_cast<void>(
      heard_on(node, [&] { return target.sockets.remove(pair.ends[0], target); }));
  if (uses_asio) {
    std::promise<void> ran;
    asio::post(node.shard_at(0).io(), [&] { ran.set_value(); });
    CHECK(ran.get_future().wait_for(soon) == std::future_status::ready);
  }
  node.stop();
}

TEST_CASE("io_uring that is forbidden is not chosen, by its name neither") {
  if (!has_uring())
    return;
  std::error_code refused;
  std::thread([&] {
    tests::forbid_uring();
    try {
      static_cast<void>(runtime::choose_reactor(reactor_kind::uring));
    } catch (const std::system_error& failed) {
      refused = failed.code();
    }
  }).join();
  CHECK(refused == std::errc::operation_not_permitted);
}
