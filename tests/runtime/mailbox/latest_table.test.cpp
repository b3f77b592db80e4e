// keep_latest: keeps only the latest message per key.
#include "websock/runtime/mailbox/latest_table.hpp"

#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/mailbox_key.hpp"

#include "tests/catch.hpp"
#include "tests/support/held_process.hpp"
#include "tests/support/inner.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::when_full;

namespace {

struct price {
  std::string symbol;
  int cents;
  friend std::string_view mailbox_key(const price& p) { return p.symbol; }
  friend std::size_t heap_size(const price& p) { return runtime::heap_size_of(p.symbol); }
  friend std::string to_string(const price& p) {
    return p.symbol + std::to_string(p.cents);
  }
};

struct volume {
  std::string symbol;
  int pieces;
  friend std::string_view mailbox_key(const volume& v) { return v.symbol; }
  friend std::string to_string(const volume& v) {
    return "v" + v.symbol + std::to_string(v.pieces);
  }
};

struct scene : held_process {
  explicit scene(std::uint32_t limit) : held_process({limit, 0, when_full::keep_latest}) {
    hold();
  }
  void prices(std::initializer_list<price> all) { send(all); }
};

} // namespace

TEST_CASE("nothing is dropped while there is room") {
  scene on(3);
  on.prices({{"A", 1}, {"A", 2}, {"A", 3}});
  CHECK(on.dropped() == 0);
  CHECK(on.rest() == lines{"A1", "A2", "A3"});
}

TEST_CASE("in a full mailbox the newer has the place of the older with the same key") {
  scene on(3);
  on.prices({{"A", 1}, {"B", 1}, {"C", 1}, {"A", 2}, {"C", 2}, {"A", 3}});
  CHECK(on.dropped() == 3);
  CHECK(on.rest() == lines{"A3", "B1", "C2"});
}

TEST_CASE("of several with that key it is the latest that is replaced, so that they stay "
          "in order") {
  scene on(3);
  on.prices({{"A", 1}, {"A", 2}, {"B", 1}, {"A", 3}});
  CHECK(on.dropped() == 1);
  CHECK(on.rest() == lines{"A1", "A3", "B1"});
}

TEST_CASE("what has been superseded makes room before what is the latest of its key") {
  scene on(3);
  on.prices({{"C", 1}, {"A", 1}, {"A", 2}, {"B", 1}});
  CHECK(on.dropped() == 1);
  CHECK(on.rest() == lines{"C1", "A2", "B1"});
}

TEST_CASE("when all are the latest of their keys, what waits longest makes room") {
  scene on(3);
  on.prices({{"A", 1}, {"B", 1}, {"C", 1}, {"D", 1}});
  CHECK(on.dropped() == 1);
  CHECK(on.rest() == lines{"B1", "C1", "D1"});
}

TEST_CASE("a message without a key is dropped as by drop_oldest, after what has been "
          "superseded") {
  scene on(3);
  on.send({1, 2});
  on.prices({{"A", 1}});
  on.send({3});
  CHECK(on.dropped() == 1);
  on.prices({{"A", 2}}); // 3 is behind A1: A2 goes there
  CHECK(on.rest() == lines{"2", "3", "A2"});
}

TEST_CASE("the newer overtakes no message without a key, but goes to the end") {
  scene on(4);
  on.prices({{"A", 1}, {"B", 1}});
  on.send({7});
  on.prices({{"C", 1}, {"A", 2}, {"C", 2}});
  CHECK(on.dropped() == 2);
  CHECK(on.rest() == lines{"B1", "7", "C2", "A2"});
}

TEST_CASE("types have keys of their own") {
  scene on(2);
  on.prices({{"A", 1}});
  on.send({volume{"A", 1}, volume{"A", 2}});
  on.prices({{"A", 2}});
  CHECK(on.rest() == lines{"A2", "vA2"});
}

TEST_CASE("what is never dropped is never superseded, and is overtaken by none") {
  scene on(3);
  on.go_on();
  tests::tell(on.target, [](process& self) {
    self.send_after(1ms, self.pid(), price{"A", 1});
  });
  on.node.run_until_idle();
  on.hold();
  on.prices({{"A", 0}});
  on.node.advance(2ms);
  on.prices({{"B", 1}, {"A", 2}});
  CHECK(on.dropped() == 1); // A0
  CHECK(on.rest() == lines{"A1", "B1", "A2"});
}

TEST_CASE("bytes: the newer has the place when it fits there, otherwise room is made") {
  const price small{"A", 1};
  held_process on({0, 3'000, when_full::keep_latest});
  on.hold();
  const std::string key(1'000, 'K');
  on.send({small, price{key, 1}, price{std::string(1'000, 'L'), 1}, small, small});
  CHECK(on.dropped() == 0);
  on.send({price{key, 2}}); // in the place of the first one
  CHECK(on.dropped() == 1);
  on.send({price{std::string(1'000, 'M'), 1}}); // the superseded A1s, then the oldest
  CHECK(on.dropped() > 2);
  CHECK(on.info().message_queue_bytes <= 3'000);
  const auto rest = on.rest();
  REQUIRE(rest.size() >= 2);
  CHECK(rest.back() == std::string(1'000, 'M').append("1"));
}

TEST_CASE("an alias that is inactive supersedes nothing") {
  scene on(2);
  runtime::alias address;
  on.go_on();
  tests::tell(on.target, [&](process& self) {
    address = self.alias();
    self.unalias(address);
  });
  on.node.run_until_idle();
  on.hold();
  on.prices({{"A", 1}, {"B", 1}});
  runtime::send(address, price{"A", 2});
  on.node.run_until_idle();
  CHECK(on.rest() == lines{"B1"});
}

TEST_CASE("a full mailbox of any length takes a flood in constant time for each") {
  constexpr int keys = 50'000;
  constexpr int rounds = 4;
  scene on(keys);
  for (int i = 0; i < keys * rounds; ++i)
    runtime::send(on.target, price{std::to_string(i % keys) + ":", i / keys});
  on.node.run_until_idle();
  CHECK(on.dropped() == keys * (rounds - 1));
  const auto rest = on.rest();
  REQUIRE(rest.size() == keys);
  CHECK(rest.front() == "0:3");
  CHECK(rest.back() == std::to_string(keys - 1) + ":3");
}

namespace {

/// The rules in their plainest form, for comparison.
class model {
public:
  explicit model(std::size_t limit) : limit_(limit) {}

  void send(char key, const std::string& text) {
    const entry made{key, text, 0};
    if (all_.size() >= limit_ && !replace(made))
      make_room();
    else if (all_.size() >= limit_)
      return;
    if (key != 0)
      if (auto* latest = newest(key))
        latest->superseded = ++clock_;
    all_.push_back(made);
  }
  [[nodiscard]] std::optional<std::string> take() {
    if (all_.empty())
      return std::nullopt;
    auto text = all_.front().text;
    all_.pop_front();
    return text;
  }
  std::uint64_t dropped = 0;

private:
  struct entry {
    char key; // 0: none
    std::string text;
    std::uint64_t superseded; // when, or 0
  };

  entry* newest(char key) {
    const auto found = std::find_if(all_.rbegin(), all_.rend(),
                                    [&](const entry& each) { return each.key == key; });
    return found == all_.rend() ? nullptr : &*found;
  }
  /// Whether that was all there was to do.
  bool replace(const entry& by) {
    entry* older = by.key == 0 ? nullptr : newest(by.key);
    if (older == nullptr)
      return false;
    const auto at = std::find_if(all_.begin(), all_.end(),
                                 [&](const entry& each) { return &each == older; });
    ++dropped;
    if (std::any_of(at, all_.end(), [](const entry& each) { return each.key == 0; })) {
      all_.erase(at);
      all_.push_back(by);
    } else {
      at->text = by.text;
    }
    return true;
  }
  void make_room() {
    auto victim = all_.end();
    for (auto at = all_.begin(); at != all_.end(); ++at)
      if (at->superseded != 0
          && (victim == all_.end() || at->superseded < victim->superseded))
        victim = at;
    all_.erase(victim == all_.end() ? all_.begin() : victim);
    ++dropped;
  }

  const std::size_t limit_;
  std::deque<entry> all_;
  std::uint64_t clock_ = 0;
};

} // namespace

TEST_CASE("random floods end as the plainest form of the rules says") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto limit = 1 + random() % 8;
  scene on(static_cast<std::uint32_t>(limit));
  model expected(limit);
  lines heard;
  auto& shard = tests::process_of(on.target).shard();
  for (int i = 0; i < 400; ++i) {
    const auto what = random() % 10;
    if (what < 6) {
      const char key = static_cast<char>('A' + random() % 5);
      on.prices({{std::string(1, key), i}});
      expected.send(key, key + std::to_string(i));
    } else if (what < 8) {
      on.send({i});
      expected.send(0, std::to_string(i));
    } else { // one turn of one message, as a process that is slow
      tests::resume(on.target);
      shard.step(1);
      on.hold();
      if (const auto next = expected.take())
        heard.push_back(*next);
    }
  }
  while (const auto next = expected.take())
    heard.push_back(*next);
  CHECK(on.rest() == heard);
  CHECK(on.dropped() == expected.dropped);
}
