// process_info: what it reports about a process, to whom, and when.
#include "websock/runtime/registry/process_info.hpp"

#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/puppet.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::process_info;
using runtime::process_status;

TEST_CASE("process_info tells what a process is, is tied to and has done") {
  const auto seed = any_schedule();
  stepped_node node(seed);
  tester me(node);
  const pid other = node.spawn<puppet>();
  pid child;
  const pid parent = node.spawn<puppet>([&](process& self) {
    child = self.spawn_link<puppet>([&](process& born) {
      born.register_name("child");
      born.trap_exit(true);
      static_cast<void>(born.monitor(other));
      static_cast<void>(born.monitor("nobody"));
    });
  });
  me.sleep(10ms);
  static_cast<void>(me.monitor(child));
  runtime::send(child, 1);
  const auto found = runtime::info(me, child);
  REQUIRE(found);
  CHECK(found->who == child);
  CHECK(found->registered_name == "child");
  CHECK(found->initial_behaviour == "tests::puppet");
  CHECK(found->current_behaviour == "tests::puppet");
  CHECK(found->parent == parent);
  CHECK(found->shard == tests::process_of(parent).shard().index());
  CHECK(found->traps_exit);
  CHECK(found->links == std::vector<pid>{parent});
  CHECK(found->monitors == std::vector<process_info::monitored>{{other, ""}});
  CHECK(found->monitored_by == std::vector<pid>{me.pid()});
  CHECK(found->message_queue_len + found->messages_handled == 2); // a down and the 1

  const auto of_parent = runtime::info(me, parent);
  REQUIRE(of_parent);
  CHECK(of_parent->links == std::vector<pid>{child});
  CHECK_FALSE(of_parent->parent);
  CHECK_FALSE(of_parent->traps_exit);
  CHECK(of_parent->registered_name.empty());
  CHECK(of_parent->status == process_status::waiting);
}

TEST_CASE("the status of a process: waiting, running, suspended, exiting") {
  stepped_node node(1);
  tester me(node);
  const pid p = node.spawn<puppet>();
  me.sleep(1ms);
  CHECK(runtime::info(me, p)->status == process_status::waiting);
  process_status inside{};
  tell(p, [&](process& self) {
    inside = runtime::info(self).status;
    runtime::detail::block_of(self).suspend();
  });
  runtime::send(p, 1);
  runtime::send(p, 2);
  me.sleep(1ms);
  CHECK(inside == process_status::running);
  const auto asleep = runtime::info(me, p);
  CHECK(asleep->status == process_status::suspended);
  CHECK(asleep->message_queue_len == 2);
  CHECK(asleep->messages_handled == 1);

  class last_words final : public runtime::behaviour {
  public:
    explicit last_words(process_status& status) : status_(status) {}

  private:
    void on_start() override { process::exit(runtime::reason::normal); }
    void on_message(runtime::term) override {}
    void on_exit(const runtime::exit_reason&) noexcept override {
      status_ = runtime::info(self()).status;
    }
    process_status& status_;
  };
  process_status at_the_end{};
  node.spawn<last_words>(std::ref(at_the_end));
  me.sleep(1ms);
  CHECK(at_the_end == process_status::exiting);
}

TEST_CASE("a process asks for another and gets the answer as a message, behind its own") {
  const auto seed = any_schedule();
  stepped_node node(seed);
  tester me(node);
  const pid busy = node.spawn<puppet>(
      [](process& self) { runtime::detail::block_of(self).suspend(); });
  const pid dead = node.spawn([](process&) {});
  me.sleep(1ms);
  runtime::reference of_busy;
  runtime::reference of_dead;
  me.in_process([&](process& self) {
    self.send(busy, 1);
    self.send(busy, 2);
    of_busy = runtime::request_info(self, busy);
    of_dead = runtime::request_info(self, dead);
  });
  for (int i = 0; i < 2; ++i)
    CHECK(me.receive(10ms, [&](const runtime::process_info_answer& answer) {
      CHECK((answer.id == of_busy || answer.id == of_dead));
      REQUIRE(answer.info.has_value() == (answer.id == of_busy));
      if (answer.info)
        CHECK(answer.info->message_queue_len == 2);
    }));
}

TEST_CASE("processes are those that have started and not exited, by number") {
  const auto seed = any_schedule();
  stepped_node node(seed);
  tester me(node);
  const pid first = node.spawn<puppet>();
  const pid second = node.spawn<puppet>();
  const pid dead = node.spawn([](process&) {});
  me.sleep(1ms);
  CHECK(runtime::processes(me) == std::vector<pid>{me.pid(), first, second});
  me.exit(first, runtime::reason::kill);
  me.sleep(1ms);
  const auto id =
      me.in_process([](process& self) { return runtime::request_processes(self); });
  CHECK(me.receive(10ms, [&](const runtime::process_list_answer& answer) {
    CHECK(answer.id == id);
    CHECK(answer.processes == std::vector<pid>{me.pid(), second});
  }));
}

TEST_CASE("process_info reads well") {
  stepped_node node(1);
  tester me(node);
  const pid p = node.spawn<puppet>([&](process& self) {
    self.trap_exit(true);
    self.register_name("reader");
    self.link(me.pid());
  });
  me.sleep(1ms);
  const auto text = to_string(*runtime::info(me, p));
  CHECK(text
        == to_string(p)
               + " \"reader\" tests::puppet: waiting\n"
                 "  0 messages wait, 0 handled, shard "
               + std::to_string(tests::process_of(p).shard().index())
               + ", traps exits\n"
                 "  links "
               + to_string(me.pid()));
}

TEST_CASE("any thread but a shard's may wait for process_info and processes") {
  runtime::node node({.shards = 2, .pool_threads = 1});
  const pid p = node.spawn<puppet>();
  const auto found = runtime::info(p);
  REQUIRE(found);
  CHECK(found->who == p);
  CHECK(runtime::processes(node) == std::vector<pid>{p});
  CHECK_FALSE(runtime::info(pid()));
  {
    runtime::thread_process me(node);
    CHECK(runtime::info(me, p)->who == p);
    CHECK(runtime::processes(me).size() == 2);
    const auto is_refused = [&](auto ask) {
      return me.in_process([&](process&) {
        try {
          ask();
          return false;
        } catch (const std::logic_error&) {
          return true;
        }
      });
    };
    CHECK(is_refused([&] { static_cast<void>(runtime::info(p)); }));
    CHECK(is_refused([&] { static_cast<void>(runtime::processes(node)); }));
  }
  node.stop();
  CHECK_FALSE(runtime::info(p));
  CHECK(runtime::processes(node).empty());
}
