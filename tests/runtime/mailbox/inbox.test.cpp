// The inbox: order per producer, and which producer must wake the consumer.
#include "websock/runtime/mailbox/inbox.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <array>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using runtime::detail::inbox;
using runtime::detail::signal;

namespace {

struct note final : signal {
  note(int from, int index) noexcept
      : signal(runtime::detail::signal_kind::message), producer(from), number(index) {}
  void handle(runtime::detail::process_block&) override {}
  void dispose() noexcept override { delete this; }
  int producer;
  int number;
};

/// Takes everything and frees it; returns the numbers.
std::vector<int> numbers(inbox& from) {
  std::vector<int> found;
  for (signal* at = from.take(); at != nullptr;) {
    const std::unique_ptr<note> entry(static_cast<note*>(at));
    at = at->next;
    found.push_back(entry->number);
  }
  return found;
}

} // namespace

TEST_CASE("an inbox gives everything at once, oldest first") {
  inbox box;
  CHECK(box.empty());
  CHECK(box.take() == nullptr);
  for (int i = 0; i < 3; ++i)
    CHECK(box.push(new note(0, i)) == inbox::pushed::to_awake);
  CHECK_FALSE(box.empty());
  CHECK(numbers(box) == std::vector<int>{0, 1, 2});
  CHECK(box.empty());
}

TEST_CASE("only the first push after falling asleep must wake the shard") {
  inbox box;
  REQUIRE(box.fall_asleep());
  CHECK(box.empty());
  CHECK(box.push(new note(0, 0)) == inbox::pushed::to_asleep);
  CHECK(box.push(new note(0, 1)) == inbox::pushed::to_awake);
  box.wake_up();
  CHECK(numbers(box) == std::vector<int>{0, 1});
}

TEST_CASE("a shard with something in its inbox does not fall asleep") {
  inbox box;
  box.push(new note(0, 0));
  CHECK_FALSE(box.fall_asleep());
  CHECK(box.push(new note(0, 1)) == inbox::pushed::to_awake);
  CHECK(numbers(box) == std::vector<int>{0, 1});
}

TEST_CASE("waking up without a push leaves an inbox that is awake and empty") {
  inbox box;
  REQUIRE(box.fall_asleep());
  box.wake_up();
  CHECK(box.empty());
  CHECK(box.push(new note(0, 0)) == inbox::pushed::to_awake);
  CHECK(numbers(box) == std::vector<int>{0});
}

TEST_CASE("taking from an inbox that sleeps gives nothing and wakes it") {
  inbox box;
  REQUIRE(box.fall_asleep());
  CHECK(box.take() == nullptr);
  CHECK(box.push(new note(0, 0)) == inbox::pushed::to_awake);
  CHECK(numbers(box) == std::vector<int>{0});
}

TEST_CASE(
    "an inbox that is closed refuses what comes, and closes only when it is empty") {
  inbox box;
  box.push(new note(0, 0));
  CHECK_FALSE(box.close());
  CHECK(box.push(new note(0, 1)) == inbox::pushed::to_awake);
  CHECK(numbers(box) == std::vector<int>{0, 1});
  if (GENERATE(false, true))
    REQUIRE(box.fall_asleep());
  CHECK(box.close());
  note late(0, 2);
  CHECK(box.push(&late) == inbox::pushed::refused);
  CHECK(box.close());
  CHECK(box.push(&late) == inbox::pushed::refused);
}

TEST_CASE("producers on two threads keep their order and no wake-up is lost") {
  constexpr int each = 20'000;
  inbox box;
  std::counting_semaphore<> wake_ups{0};
  const auto produce = [&](int producer) {
    for (int i = 0; i < each; ++i)
      if (box.push(new note(producer, i)) == inbox::pushed::to_asleep)
        wake_ups.release();
  };
  const std::array<std::jthread, 2> producers{std::jthread(produce, 0),
                                              std::jthread(produce, 1)};
  std::array<int, 2> next{};
  bool in_order = true;
  while (next[0] + next[1] < 2 * each) {
    signal* at = box.take();
    if (at == nullptr && box.fall_asleep()) {
      REQUIRE(wake_ups.try_acquire_for(tests::patience));
      box.wake_up();
    }
    while (at != nullptr) {
      const std::unique_ptr<note> entry(static_cast<note*>(at));
      at = at->next;
      in_order &= entry->number == next.at(static_cast<std::size_t>(entry->producer))++;
    }
  }
  CHECK(in_order);
  CHECK(next == std::array{each, each});
}
