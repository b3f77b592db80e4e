// Makes each allocation of a presence fail in turn: once there is memory again, both
// nodes know who is present, and nothing is left when they end.
#include "websock/channels/presence/presence_state.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"

#include <chrono>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using namespace websock::channels;

namespace {

const std::string topic = "a topic that is no short text";

struct two_states {
  presence_state a{"a@host", 1, limits(), {}};
  presence_state b{"b@host", 2, limits(), {}};
  websock::runtime::time_point now{1h};

  // So short that a snapshot in pieces is needed as well.
  [[nodiscard]] static presence_limits limits() {
    presence_limits all;
    all.history_steps = 3;
    all.message_octets = 100;
    return all;
  }
  [[nodiscard]] static presence_entry entry(const char* key) {
    return {topic, std::string("key, also no short text, ") + key,
            std::make_shared<const std::string>(std::string(R"({"phx_ref":")") + key
                                                + "\"}")};
  }
  void connect() {
    a.node_up("b@host");
    b.node_up("a@host");
  }
  void cut() {
    a.node_down("b@host", now);
    b.node_down("a@host", now);
  }
  /// What throws is lost, as a message may be.
  template <class F>
  static bool attempt(F work) {
    try {
      return work();
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  bool move(presence_state& from, presence_state& to) {
    return attempt([&] {
      const auto said = from.next_message(to.node());
      if (said)
        to.take(*said, now);
      return said.has_value();
    });
  }
  void settle() {
    while (move(a, b) || move(b, a))
      continue;
  }
  void beat() {
    now += 4s;
    for (auto* each : {&a, &b})
      attempt([&] {
        each->tick(now);
        return true;
      });
    settle();
  }
  void change(presence_state& at, const char* key) {
    attempt([&] { return at.track(1, entry(key)); });
  }
};

/// The metas in each entry.
[[nodiscard]] std::set<std::string> seen(const presence_state& state) {
  std::set<std::string> all;
  for (const auto& [key, metas] : state.view().list(topic))
    for (const auto& each : metas)
      all.insert(*each);
  return all;
}
[[nodiscard]] std::set<std::string> own(const two_states& both) {
  std::set<std::string> all;
  for (const auto* each : {&both.a, &both.b})
    for (const auto& [id, entry] : each->log().entries())
      all.insert(*entry.meta);
  return all;
}

/// Changes on both sides, a cut, and more than the history holds.
void run(two_states& both) {
  both.change(both.a, "1");
  both.change(both.b, "2");
  both.settle();
  two_states::attempt([&] {
    const auto changed = two_states::entry("3");
    return both.a.update(1, topic, two_states::entry("1").key, changed.meta);
  });
  both.settle();
  both.cut();
  for (const auto* key : {"4", "5", "6", "7"})
    both.change(both.a, key);
  two_states::attempt([&] {
    both.b.untrack_all(1);
    return true;
  });
  two_states::attempt([&] {
    both.connect();
    return true;
  });
  both.settle();
}

} // namespace

TEST_CASE(
    "a presence that has no memory for a while is right again with the next beats") {
  tests::fail_each_allocation([](std::size_t first, std::size_t count) {
    two_states both;
    both.connect();
    both.settle();
    bool has_failed = false;
    {
      tests::failing_allocations failing(first, count);
      run(both);
      has_failed = failing.has_failed();
    }
    both.connect();
    for (int i = 0; i < 20; ++i)
      both.beat();
    REQUIRE(seen(both.a) == own(both));
    REQUIRE(seen(both.b) == own(both));
    return has_failed;
  });
}
