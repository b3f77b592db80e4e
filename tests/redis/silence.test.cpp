// When a connection takes Redis for dead: a silence, not a pause of its own shard.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/redis/connection.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;
namespace redis = runtime::redis;

using namespace std::chrono_literals;
using runtime::distribution::carrier;
using runtime::distribution::dialling;

namespace {

constexpr std::string_view ping = "*1\r\n$4\r\nPING\r\n";

/// Carries nothing, and lives on the wire of the test.
struct wire {
  carrier::events* owner = nullptr;
  std::vector<std::string> written;
};

class still_carrier final : public carrier {
public:
  explicit still_carrier(wire& on) : on_(on) {}

  void start(events& owner, std::size_t) override { on_.owner = &owner; }
  void write(std::string octets) override { on_.written.push_back(std::move(octets)); }
  [[nodiscard]] std::size_t unsent() const noexcept override { return 0; }
  [[nodiscard]] std::uint64_t sent() const noexcept override { return 0; }
  [[nodiscard]] std::optional<runtime::distribution::network_progress>
  progress() const noexcept override {
    return std::nullopt;
  }
  void close() noexcept override {}
  void finish() noexcept override {}
  [[nodiscard]] std::string peer_address() const override { return "the test"; }
  [[nodiscard]] runtime::distribution::certificate_check
  peer_certificate_names(const std::string&) const override {
    return runtime::distribution::certificate_check::none;
  }

private:
  wire& on_;
};

/// One connection, with PING each second and 2 s for the answer, that is open.
struct open_connection final : private redis::connection::events {
  open_connection() {
    its.open();
    connected(std::make_unique<still_carrier>(line));
    line.owner->received("+PONG\r\n");
    REQUIRE(its.is_open());
    line.written.clear();
  }
  ~open_connection() { its.close(); }
  open_connection(const open_connection&) = delete;
  open_connection& operator=(const open_connection&) = delete;

  /// The shard comes to its timers once, `time` after the last time.
  void look_after(runtime::duration time) {
    node.pass(time);
    while (node.step()) {
    }
  }
  /// The same, and it has looked at its sockets before.
  void poll_and_look_after(runtime::duration time) {
    home.poll();
    look_after(time);
  }

  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  runtime::shard& home{node.node().shard_at(0)};
  redis::engine_options options{};
  wire line;
  dialling::ready connected;
  std::string why_lost;
  redis::connection its{home, options,
                        [this](runtime::shard&, dialling::ready done) {
                          connected = std::move(done);
                          return std::make_unique<dialling>();
                        },
                        *this};

private:
  void opened(redis::connection&) override {}
  void replied(redis::connection&, const redis::reply&) override {}
  void lost(redis::connection&, const std::string& why) override { why_lost = why; }
};

} // namespace

TEST_CASE("a shard that comes to nothing for long does not take Redis for dead") {
  open_connection with;
  with.look_after(1s);
  REQUIRE(with.line.written == std::vector{std::string(ping)});
  SECTION("one long pause counts as little as a look") {
    with.poll_and_look_after(10s);
    CHECK(with.why_lost.empty());
    with.poll_and_look_after(1min);
    CHECK(with.why_lost.empty());
    with.line.owner->received("+PONG\r\n"); // which was there all the time
    with.poll_and_look_after(999ms);
    CHECK(with.line.written.size() == 1);
    with.poll_and_look_after(2ms);
    CHECK(with.line.written.size() == 2);
  }
  SECTION("time without a look at the sockets does not count at all") {
    for (int i = 0; i < 1'000; ++i)
      with.look_after(32ms);
    CHECK(with.why_lost.empty());
  }
  SECTION("whatever arrives is a sign of life") {
    for (int i = 0; i < 1'000; ++i) {
      with.poll_and_look_after(32ms);
      if (i % 50 == 0)
        with.line.owner->received(":1\r\n");
    }
    CHECK(with.why_lost.empty());
  }
}

TEST_CASE("a Redis that says nothing is given up after ping_timeout") {
  open_connection with;
  with.look_after(1s);
  int looks = 0;
  while (with.why_lost.empty() && looks < 1'000) {
    with.poll_and_look_after(31'250us);
    ++looks;
  }
  CHECK(looks == 64); // 2 s
  CHECK(with.why_lost == "no answer to PING within 2000 ms");
}

TEST_CASE("a shard that is always late gives Redis up, too") {
  open_connection with;
  with.look_after(1s);
  int looks = 0;
  while (with.why_lost.empty() && looks < 1'000) {
    with.poll_and_look_after(500ms);
    ++looks;
  }
  CHECK(looks == 32);
}
