// A process with a hundred thousand links or monitors: each peer hears of its exit once
// and in order, and other processes keep getting turns.
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace tests;

namespace {

/// What each of many processes heard of the end of one.
struct hearings {
  std::vector<std::string> of;
  std::size_t all = 0;
};

/// Tied to the hub as `tie` does it; traps exits.
class hearer final : public runtime::behaviour {
public:
  hearer(tests::body tie, std::size_t number, hearings& into)
      : tie_(std::move(tie)), number_(number), into_(into) {}

private:
  void on_start() override {
    self().trap_exit(true);
    tie_(self());
  }
  void on_message(runtime::term message) override {
    message.match(
        [&](const runtime::exit_signal& signal) {
          into_.of[number_] += "exit " + to_string(signal.reason) + ' ';
          ++into_.all;
        },
        [&](const runtime::down& gone) {
          into_.of[number_] += "down " + to_string(gone.reason) + ' ';
          ++into_.all;
        },
        [&](const tests::task& todo) { todo.run(self()); });
  }

  const tests::body tie_;
  const std::size_t number_;
  hearings& into_;
};

std::vector<pid> spawn_hearers(stepped_node& node, hearings& into, std::size_t count,
                               const tests::body& tie) {
  into.of.resize(count);
  std::vector<pid> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(node.spawn<hearer>(tie, i, std::ref(into)));
  node.run_until_idle(10'000'000);
  return all;
}

} // namespace

TEST_CASE("a hundred thousand links and monitors are told of an exit, each once") {
  stepped_node node(1, {.shards = 2, .pool_threads = 1});
  const pid hub = node.spawn<puppet>();
  hearings heard;
  spawn_hearers(node, heard, 50'000, [&](process& self) {
    self.link(hub);
    static_cast<void>(self.monitor(hub));
  });
  node.node().exit(hub, runtime::reason::of(std::string("over")));
  node.run_until_idle(10'000'000);
  CHECK(heard.all == 100'000);
  std::size_t right = 0;
  for (const auto& each : heard.of)
    right += each == "exit \"over\" down \"over\" " ? 1U : 0U;
  CHECK(right == heard.of.size());
}

TEST_CASE("while many are told of an exit, others have their turns") {
  stepped_node node(1, {.shards = 1, .pool_threads = 1});
  const pid hub = node.spawn<puppet>();
  const pid bystander = node.spawn<puppet>();
  hearings heard;
  const auto all =
      spawn_hearers(node, heard, 5'000, [&](process& self) { self.link(hub); });
  std::size_t told_before = 0;
  node.node().exit(hub, runtime::reason::of(std::string("over")));
  tell(bystander, [&](process&) { told_before = heard.all; });
  tell(all.back(), [&](process& self) { self.unlink(hub); });
  node.run_until_idle(10'000'000);
  CHECK(told_before < 2'000);
  CHECK(heard.all == 4'999);
  CHECK(heard.of.back().empty()); // after unlink no exit of that link has any effect
}

TEST_CASE("links and monitors in great number can be undone one by one, in any order") {
  stepped_node node(1, {.shards = 2, .pool_threads = 1});
  const pid hub = node.spawn<puppet>();
  constexpr std::size_t count = 20'000;
  hearings heard;
  const auto all = spawn_hearers(node, heard, count, [&](process& self) {
    self.link(hub);
    static_cast<void>(self.monitor(hub));
  });
  for (std::size_t i = 0; i < count; ++i)
    if (i % 3 != 0)
      tell(all[i], [&hub](process& self) { self.unlink(hub); });
  node.run_until_idle(10'000'000);
  node.node().exit(hub, runtime::reason::of(std::string("over")));
  node.run_until_idle(10'000'000);
  std::size_t exits = 0;
  std::size_t downs = 0;
  for (const auto& each : heard.of) {
    exits += each.starts_with("exit") ? 1U : 0U;
    downs += each.ends_with("down \"over\" ") ? 1U : 0U;
  }
  CHECK(exits == (count + 2) / 3);
  CHECK(downs == count);
}
