// The registry: the behaviour of Elixir's beyond the recorded scenarios, and many shards
// at once.
#include "websock/runtime/registry/registry.hpp"

#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::registry;
using runtime::term;

namespace {

using entries = std::vector<registry::entry>;

registry unique() {
  return registry(registry::keys_are::unique);
}
registry duplicate() {
  return registry(registry::keys_are::duplicate);
}

/// Registers the tester's process; whether that went well.
template <class... Ts>
bool enter(tester& me, registry& table, const char* key, Ts... values) {
  return me.in_process(
      [&](process& self) { return table.register_key(self, key, values...).is_ok(); });
}

} // namespace

TEST_CASE("a process that has a unique key already is told its own pid") {
  stepped_node node(1);
  tester me(node);
  auto table = unique();
  CHECK(enter(me, table, "k", 1));
  me.in_process([&](process& self) {
    const auto again = table.register_key(self, "k", 2);
    CHECK_FALSE(again.is_ok());
    CHECK(again.already_registered == self.pid());
  });
  CHECK(table.lookup("k") == entries{{me.pid(), term(1)}});
  CHECK(table.count() == 1);
}

TEST_CASE("only its own process changes or takes out an entry") {
  stepped_node node(1);
  tester me(node);
  tester other(node);
  auto table = unique();
  CHECK(enter(me, table, "k", 1));
  const auto doubled = [](const term& value) { return value.get<int>() * 2; };
  other.in_process([&](process& self) {
    CHECK_FALSE(table.update_value(self, "k", doubled));
    table.unregister_key(self, "k");
  });
  me.in_process([&](process& self) {
    CHECK_FALSE(table.update_value(self, "none", doubled));
    const auto update = table.update_value(self, "k", doubled);
    REQUIRE(update);
    CHECK(update->now == term(2));
    CHECK(update->before == term(1));
  });
  CHECK(table.lookup("k") == entries{{me.pid(), term(2)}});
  me.in_process([&](process& self) {
    table.unregister_key(self, "none");
    table.unregister_key(self, "k");
  });
  CHECK(table.lookup("k").empty());
  CHECK(table.count() == 0);
}

TEST_CASE("duplicate keys keep every entry, also those of one process, in order") {
  stepped_node node(1);
  tester me(node);
  auto table = duplicate();
  for (const int value : {1, 2, 1})
    CHECK(enter(me, table, "d", value));
  CHECK(enter(me, table, "e", 3));
  CHECK(table.lookup("d")
        == entries{{me.pid(), term(1)}, {me.pid(), term(2)}, {me.pid(), term(1)}});
  CHECK(table.keys(me.pid()) == lines{"d", "d", "d", "e"});
  CHECK(table.count() == 4);
  me.in_process([&](process& self) { table.unregister_key(self, "d"); });
  CHECK(table.keys(me.pid()) == lines{"e"});
  CHECK(table.count() == 1);
}

TEST_CASE("what needs one process for a key is refused when keys are duplicate") {
  stepped_node node(1);
  tester me(node);
  auto table = duplicate();
  CHECK(enter(me, table, "d", 1));
  CHECK(raises<std::invalid_argument>(me, [&](process& self) {
    table.update_value(self, "d", [](const term& value) { return value; });
  }));
  CHECK_THROWS_AS(table.whereis_name("d"), std::invalid_argument);
  CHECK_THROWS_AS(table.send("d", 1), std::invalid_argument);
}

TEST_CASE("match looks at the values of a key, select at everything") {
  stepped_node node(1);
  tester me(node);
  auto table = duplicate();
  for (const int value : {1, 2, 3})
    CHECK(enter(me, table, value == 3 ? "e" : "d", value));
  CHECK(table.match("d", [](const term& value) { return value.get<int>() > 1; })
        == entries{{me.pid(), term(2)}});
  const auto selected =
      table.select([](std::string_view key, const registry::entry& each) {
        return key == "e" || each.value == term(1);
      });
  lines keys;
  for (const auto& each : selected)
    keys.push_back(each.key + to_string(each.of.value));
  std::sort(keys.begin(), keys.end());
  CHECK(keys == lines{"d1", "e3"});
}

TEST_CASE("dispatch without entries calls nobody") {
  const auto table = unique();
  table.dispatch("none", [](const entries&) { FAIL("called"); });
}

TEST_CASE("the entries of a process are gone when its exit is heard of") {
  const auto seed = any_schedule();
  stepped_node node(seed);
  tester me(node);
  auto table = unique();
  const pid p = node.spawn<puppet>([&](process& self) {
    CHECK(table.register_key(self, "a").is_ok());
    CHECK(table.register_key(self, "b").is_ok());
    table.unregister_key(self, "b");
    CHECK(table.register_key(self, "b").is_ok());
  });
  class watcher final : public runtime::behaviour {
  public:
    watcher(pid p, registry& table, bool& was_free)
        : p_(std::move(p)), table_(table), was_free_(was_free) {}

  private:
    void on_start() override { static_cast<void>(self().monitor(p_)); }
    void on_message(term) override {
      was_free_ = table_.lookup("a").empty() && table_.keys(p_).empty()
                  && table_.count() == 0 && table_.register_key(self(), "b").is_ok();
    }
    const pid p_;
    registry& table_;
    bool& was_free_;
  };
  bool was_free = false;
  node.spawn<watcher>(p, std::ref(table), std::ref(was_free));
  me.sleep(10ms);
  CHECK(table.keys(p).size() == 2);
  me.exit(p, runtime::reason::kill);
  me.sleep(10ms);
  CHECK(was_free);
  CHECK(table.count() == 1);
}

TEST_CASE("a registry may go before the processes that are in it") {
  stepped_node node(1);
  tester me(node);
  {
    auto table = unique();
    CHECK(enter(me, table, "k"));
  }
  me.sleep(10ms);
}

TEST_CASE("of processes on many shards that want a key one gets it, and all leave") {
  runtime::node node({.shards = 4, .pool_threads = 1});
  runtime::thread_process me(node);
  auto keys = unique();
  auto all = duplicate();
  std::atomic<int> winners{0};
  std::vector<pid> contenders;
  for (int i = 0; i < 200; ++i)
    contenders.push_back(node.spawn<puppet>(tests::body([&](process& self) {
      winners += keys.register_key(self, "k").is_ok() ? 1 : 0;
      static_cast<void>(all.register_key(self, "all", 1));
      static_cast<void>(all.lookup("all"));
      self.send(me.pid(), 1);
    })));
  for (const auto& each : contenders) {
    CHECK(me.receive(60s, [](int) {}));
    static_cast<void>(me.monitor(each));
  }
  CHECK(winners == 1);
  CHECK(all.count() == 200);
  for (const auto& each : contenders)
    me.exit(each, runtime::reason::shutdown);
  for (std::size_t i = 0; i < contenders.size(); ++i)
    CHECK(me.receive(60s, [](const runtime::down&) {}));
  CHECK(all.count() == 0);
  CHECK(all.lookup("all").empty());
  CHECK(keys.count() == 0);
}
