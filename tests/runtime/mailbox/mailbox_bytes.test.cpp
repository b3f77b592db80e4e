// A mailbox limited in bytes.
#include "websock/runtime/mailbox/mailbox_load.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/held_process.hpp"
#include "tests/support/inner.hpp"

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::when_full;

namespace {

[[nodiscard]] std::string text(char what, std::size_t size) {
  return std::string(size, what);
}

/// The first characters of texts, without their quotes.
[[nodiscard]] std::string letters(const lines& received) {
  std::string all;
  for (const auto& each : received)
    all += each.at(1);
  return all;
}

} // namespace

TEST_CASE("a mailbox weighs what waits, and forgets what is handled") {
  held_process on({0, 1'000'000, when_full::drop_newest});
  CHECK(on.info().message_queue_bytes == 0);
  on.hold();
  on.send({text('a', 1'000), text('b', 3'000)});
  const auto bytes = on.info().message_queue_bytes;
  CHECK(bytes >= 4'000);
  CHECK(bytes <= 4'000 + 2 * 128);
  on.go_on();
  CHECK(on.info().message_queue_bytes == 0);
}

TEST_CASE("drop_newest: a message that would exceed the bytes is dropped, a smaller one "
          "still fits") {
  held_process on({0, 10'000, when_full::drop_newest});
  on.hold();
  on.send({text('a', 4'000), text('b', 4'000), text('c', 4'000), text('d', 500)});
  CHECK(on.dropped() == 1);
  CHECK(letters(on.rest()) == "abd");
}

TEST_CASE("drop_oldest: as many of those that wait longest are dropped as it takes") {
  held_process on({0, 10'000, when_full::drop_oldest});
  on.hold();
  on.send({text('a', 3'000), text('b', 3'000), text('c', 3'000), text('d', 6'000)});
  CHECK(on.dropped() == 2);
  CHECK(on.info().message_queue_bytes <= 10'000);
  CHECK(letters(on.rest()) == "cd");
}

TEST_CASE("a message that is larger than the limit by itself is dropped and displaces "
          "none") {
  const auto policy =
      GENERATE(when_full::drop_newest, when_full::drop_oldest, when_full::keep_latest);
  held_process on({0, 10'000, policy});
  on.hold();
  on.send({text('a', 4'000), text('b', 20'000), text('c', 4'000)});
  CHECK(on.dropped() == 1);
  CHECK(letters(on.rest()) == "ac");
}

TEST_CASE("exit_killed and close count bytes too") {
  const auto policy = GENERATE(when_full::exit_killed, when_full::close);
  held_process on({0, 10'000, policy});
  static_cast<void>(on.me.monitor(on.target));
  on.hold();
  on.send({text('a', 4'000), text('b', 4'000)});
  CHECK(tests::reason_of_down(on.me, 0ms) == "alive");
  on.send({text('c', 4'000)});
  tests::resume(on.target);
  CHECK(tests::reason_of_down(on.me, 1ms)
        == (policy == when_full::close ? "\"mailbox_full\"" : "killed"));
  CHECK(on.received().empty());
}

TEST_CASE("both limits hold at once") {
  held_process on({3, 10'000, when_full::drop_newest});
  on.hold();
  on.send({text('a', 10), text('b', 10), text('c', 10), text('d', 10)});
  CHECK(on.dropped() == 1);
  on.go_on();
  on.hold();
  on.send({text('e', 9'000), text('f', 9'000), text('g', 10)});
  CHECK(on.dropped() == 2);
  CHECK(letters(on.rest()) == "abceg");
}

TEST_CASE("what all of a broadcast share counts in full in each mailbox") {
  held_process on({0, 10'000, when_full::drop_newest});
  on.hold();
  const runtime::term shared(text('a', 6'000));
  runtime::send(on.target, shared);
  runtime::send(on.target, shared);
  on.node.run_until_idle();
  CHECK(on.dropped() == 1);
}

TEST_CASE("a limit that is set later weighs what waits already, one that is taken away "
          "nothing") {
  held_process on({});
  const auto limit = [&](runtime::mailbox_limit to) {
    tests::process_of(on.target).limit_mailbox(
        to); // between turns: the node does not run
  };
  on.hold();
  on.send({text('a', 4'000), text('b', 4'000)});
  limit({0, 10'000, when_full::drop_newest});
  CHECK(on.info().message_queue_bytes >= 8'000);
  on.send({text('c', 4'000)});
  CHECK(on.dropped() == 1);
  limit({});
  on.send({text('d', 4'000)});
  CHECK(on.info().message_queue_bytes == 0);
  limit({0, 20'000, when_full::drop_newest});
  CHECK(on.info().message_queue_bytes >= 12'000);
  CHECK(letters(on.rest()) == "abd");
  CHECK(on.info().message_queue_bytes == 0);
}

TEST_CASE("a message that is received out of turn no longer weighs") {
  runtime::testing::stepped_node node{7};
  runtime::testing::tester me{node};
  class picker final : public runtime::gen_server {
    runtime::server_result init() override {
      self().limit_mailbox({0, 10'000, when_full::drop_newest});
      return runtime::noreply();
    }
    runtime::server_result handle_info(runtime::term) override {
      static_cast<void>(co_await self().receive(runtime::infinity, [](int) {}));
      static_cast<void>(co_await self().receive(0ms, [](const std::string&) {}));
      co_await self().sleep(1s);
      co_return runtime::noreply();
    }
  };
  const auto target = node.spawn<picker>();
  node.run_until_idle();
  runtime::send(target, 'g');
  node.run_until_idle();
  runtime::send(target, text('a', 9'000));
  runtime::send(target, 1); // awaited: goes past what waits
  node.advance(10ms);
  CHECK(runtime::info(me, target)->message_queue_bytes == 0);
  runtime::send(target, text('b', 9'000));
  node.run_until_idle();
  CHECK(runtime::info(me, target)->messages_dropped == 0);
}
