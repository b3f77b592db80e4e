// Exceptions in work that runs on a shard outside of any process's turn.
#include "websock/runtime/interop/asio.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;

namespace {

struct fixture {
  /// Runs `work(shard)` on the shard.
  template <class F>
  void on_shard(F work) {
    node.shard_at(0).post(
        [work = std::move(work)](runtime::shard& on) mutable { work(on); });
  }
  /// The shard still runs processes.
  void check_alive() {
    CHECK(me.in_process([](runtime::process&) { return 1; }) == 1);
  }

  tests::channel<std::string> log;
  runtime::node node{{.shards = 1,
                      .pool_threads = 1,
                      .log = [this](runtime::log_level, std::string_view line) {
                        log.put(std::string(line));
                      }}};
  runtime::thread_process me{node};
};

class failing_timer final : public runtime::timer {
public:
  explicit failing_timer(tests::channel<std::string>& told) : told_(told) {}

private:
  void expire(runtime::time_point) override { throw std::runtime_error("too late"); }
  void failed() noexcept override { told_.put("the timer failed"); }
  tests::channel<std::string>& told_;
};

/// One end of a pair of sockets.
class failing_target final : public runtime::io_target {
public:
  explicit failing_target(tests::channel<std::string>& told) : told_(told) {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
  }
  ~failing_target() {
    for (const int each : ends)
      ::close(each);
  }
  void watch(runtime::shard& on) {
    on_ = &on;
    on.sockets().add(ends[0], *this, runtime::interest::read);
  }
  std::array<int, 2> ends{};

private:
  void on_ready(runtime::readiness) override { throw std::runtime_error("unreadable"); }
  void failed() noexcept override {
    static_cast<void>(on_->sockets().remove(ends[0], *this));
    told_.put("the socket failed");
  }
  tests::channel<std::string>& told_;
  runtime::shard* on_ = nullptr;
};

} // namespace

TEST_CASE("a handler of an application's own on shard.io() that throws is logged") {
  fixture f;
  f.on_shard([](runtime::shard& on) {
    asio::post(on.io(), [] { throw std::runtime_error("in a handler"); });
  });
  CHECK(f.log.take() == "a handler on shard.io(): in a handler");
  f.check_alive();
}

TEST_CASE("whoever stops the io_context of a shard stops nothing") {
  fixture f;
  f.on_shard([](runtime::shard& on) { on.io().stop(); });
  f.check_alive();
  tests::channel<std::string> fired;
  f.on_shard([&](runtime::shard& on) {
    auto timer = std::make_shared<asio::steady_timer>(on.io(), 1ms);
    timer->async_wait([timer, &fired](auto) { fired.put("fired"); });
  });
  CHECK(fired.take() == "fired");
}

TEST_CASE("work that is posted to a shard and throws is logged") {
  fixture f;
  f.on_shard([](runtime::shard&) { throw 42; });
  CHECK(f.log.take()
        == "work posted to a shard: an exception that is not a std::exception");
  f.check_alive();
}

TEST_CASE("a timer that throws fails, and those behind it expire") {
  fixture f;
  tests::channel<std::string> told;
  failing_timer first(told);
  failing_timer second(told);
  f.on_shard([&](runtime::shard& on) {
    on.timers().arm(first, on.now());
    on.timers().arm(second, on.now());
  });
  CHECK(told.take() == "the timer failed");
  CHECK(told.take() == "the timer failed");
  f.check_alive();
}

TEST_CASE("a socket whose target throws fails, and no other") {
  fixture f;
  tests::channel<std::string> told;
  failing_target socket(told);
  f.on_shard([&](runtime::shard& on) { socket.watch(on); });
  f.check_alive();
  REQUIRE(::write(socket.ends[1], "x", 1) == 1);
  CHECK(told.take() == "the socket failed");
  f.check_alive();
}
