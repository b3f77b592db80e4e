// Random programs of pages that come and go while others broadcast: what a page has seen
// is what was said, each once and in order, from where it began.
#include "tests/channels/recovery_lab.hpp"
#include "tests/support/puppet.hpp"

#include <deque>
#include <map>
#include <random>

using namespace tests;
using namespace std::chrono_literals;

namespace {

class program {
public:
  program(unsigned seed, topic_options options)
      : random_(seed), lab_(std::move(options)) {
    if (pick(3) == 0)
      lab_.script.intercepted = {"said"};
    lab_.script.join = [this](scripted_channel&, const auto&) {
      for (auto count = pick(3); count != 0; --count)
        lab_.say_elsewhere("room:a", ++said_count_);
      return scripted_channel::accept();
    };
    for (std::size_t i = 0; i < 2; ++i)
      speakers_.push_back(lab_.node.node().spawn_on<puppet>(i));
    for (int i = 0; i < 4; ++i)
      pages_.emplace_back(lab_, "room:a");
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      act();
      for (auto count = pick(6); count != 0; --count)
        lab_.node.step();
    }
    lab_.node.run_until_idle();
    for (auto& each : pages_)
      if (!each.is_connected())
        each.connect();
    lab_.node.run_until_idle();
    for (auto& each : pages_) {
      each.read();
      check(each);
    }
  }

  /// Every page ends with the last message, has no holes, and what stands at an offset is
  /// the same for all.
  void check(const page& each) {
    REQUIRE(each.has_joined());
    REQUIRE(each.offsets().size() == each.numbers().size());
    for (std::size_t i = 0; i < each.offsets().size(); ++i) {
      REQUIRE(each.offsets()[i] == each.begin() + i + 1);
      const auto [known, is_new] = said_.emplace(each.offsets()[i], each.numbers()[i]);
      REQUIRE((is_new || known->second == each.numbers()[i]));
    }
    const auto newest = static_cast<std::uint64_t>(said_count_);
    CHECK(each.last().at("offset") == newest);
    if (!each.offsets().empty())
      CHECK(each.offsets().back() == newest);
  }

  [[nodiscard]] int refusals() const {
    int all = 0;
    for (const auto& each : pages_)
      all += each.refusals();
    return all;
  }
  [[nodiscard]] std::size_t received() const {
    std::size_t all = 0;
    for (const auto& each : pages_)
      all += each.numbers().size();
    return all;
  }

private:
  std::size_t pick(std::size_t below) { return random_() % below; }

  void act() {
    auto& one = pages_[pick(pages_.size())];
    switch (pick(8)) {
    case 0:
    case 1:
      return come_or_go(one);
    case 2:
      if (one.is_connected() && one.has_joined()) {
        one.push(++said_count_);
        lab_.node.run_until_idle(); // so that it is not lost with the connection
      }
      return;
    case 3:
      return lab_.say("room:a", ++said_count_);
    case 4:
      return websock::channels::broadcast(lab_.node.node(), "room:a", "typing");
    default:
      return tell(speakers_[pick(2)], [n = ++said_count_](process& self) {
        websock::channels::broadcast(self, "room:a", "said", {{"n", n}});
      });
    }
  }
  void come_or_go(page& one) {
    if (!one.is_connected())
      one.connect();
    else if (pick(2) == 0)
      one.vanish();
    one.read();
  }

  std::mt19937 random_;
  recovery_lab lab_;
  std::vector<pid> speakers_;
  std::deque<page> pages_;
  std::map<std::uint64_t, int> said_;
  int said_count_ = 0;
};

} // namespace

TEST_CASE(
    "random programs: with enough history pages miss nothing and get nothing twice") {
  std::size_t received = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    program it(seed, {.history = 1'000, .unkept = {"typing"}});
    it.run(150);
    CHECK(it.refusals() == 0);
    received += it.received();
  }
  CHECK(received > 2'000);
}

TEST_CASE("random programs: with little history pages are told when they missed some") {
  int refusals = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    program it(seed, {.history = 5, .unkept = {"typing"}});
    it.run(150);
    refusals += it.refusals();
  }
  CHECK(refusals > 20);
}
