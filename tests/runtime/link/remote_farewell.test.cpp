// What a process says to processes of other nodes when it exits: all of them, in order,
// in parts when they are many, and later when there is no memory.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/fake_remote.hpp"
#include "tests/support/puppet.hpp"

#include <algorithm>
#include <cstddef>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::reference;
namespace detail = runtime::detail;
namespace reason = runtime::reason;

TEST_CASE("a process that exits ends monitors, then links, then says down, in order") {
  fake_node there;
  stepped_node node(any_schedule());
  const pid local = node.spawn<puppet>();
  const pid one = there.process();
  const pid two = there.process();
  reference ref;
  detail::monitor_from(local, two, reference(78), {});
  detail::monitor_from(local, one, reference(77), {});
  detail::link_from(local, two);
  detail::link_from(local, one);
  tell(local, [&](process& self) {
    ref = self.monitor(one);
    self.send(two, 1);
  });
  node.run_until_idle();
  static_cast<void>(there.heard());
  tell(local, [&](process& self) {
    self.send(two, 2);
    process::exit(reason::of(7));
  });
  node.run_until_idle();
  const auto down = [&](const char* of) {
    return std::string(" monitor_ended down{#Ref<") + of + ">, " + to_string(local)
           + ", 7}";
  };
  CHECK(there.heard()
        == lines{"<b@host.2.0> send 2", line_of(one, "demonitor", local, ref),
                 line_of(one, "link_ended", local) + " 7",
                 line_of(two, "link_ended", local) + " 7", to_string(one) + down("77"),
                 to_string(two) + down("78")});
}

TEST_CASE("links with this node and another are told by number, this node first") {
  fake_node there;
  stepped_node node(any_schedule());
  tester me(node);
  const pid hub = node.spawn<puppet>();
  const pid one = there.process();
  std::size_t told_there = 0;
  const pid local = node.spawn<puppet>(
      [&](process& self) {
        self.trap_exit(true);
        self.link(hub);
      },
      me.pid());
  detail::link_from(hub, one);
  node.run_until_idle();
  node.node().exit(hub, reason::of(7));
  CHECK(reports(me, 1ms).size() == 1);
  told_there = there.heard().size();
  CHECK(told_there == 1);
}

TEST_CASE("many ties with another node are told in parts, each once") {
  constexpr std::size_t count = 5'000;
  fake_node there;
  stepped_node node(1, {.shards = 1, .pool_threads = 1});
  const pid hub = node.spawn<puppet>();
  const pid bystander = node.spawn<puppet>();
  std::vector<pid> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(there.process());
    detail::link_from(hub, all.back());
    detail::monitor_from(hub, all.back(), reference(1'000 + i), {});
  }
  node.run_until_idle();
  node.node().exit(hub, reason::of(7));
  std::size_t told_before = 0;
  tell(bystander, [&](process&) { told_before = there.heard().size(); });
  node.run_until_idle();
  const auto heard = there.heard();
  CHECK(told_before < 2'000);
  REQUIRE(told_before + heard.size() == 2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& last = heard[heard.size() - count + i];
    REQUIRE(last.starts_with(to_string(all[i]) + " monitor_ended"));
  }
}

TEST_CASE("what there is no memory for is said later, once and in order") {
  fake_node there;
  stepped_node node(1, {.shards = 1, .pool_threads = 1});
  const pid local = node.spawn<puppet>();
  std::vector<pid> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(there.process());
    detail::link_from(local, all.back());
    detail::monitor_from(local, all.back(), reference(77U + static_cast<unsigned>(i)),
                         {});
  }
  tell(local, [&](process& self) {
    for (const auto& each : all)
      static_cast<void>(self.monitor(each));
  });
  node.run_until_idle();
  static_cast<void>(there.heard());
  node.node().exit(local, reason::of(7));
  lines heard;
  for (int i = 0; i < 30; ++i) {
    there.refuse(i % 2 == 0 ? 1 : 0);
    node.step();
    for (auto& each : there.heard())
      heard.push_back(std::move(each));
  }
  REQUIRE(heard.size() == 9);
  CHECK(std::count_if(heard.begin(), heard.begin() + 3,
                      [](const auto& each) {
                        return each.find(" demonitor ") != std::string::npos;
                      })
        == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(heard[3 + i] == line_of(all[i], "link_ended", local) + " 7");
    CHECK(heard[6 + i].starts_with(to_string(all[i]) + " monitor_ended"));
  }
  CHECK(there.times_lost() == 0);
}
