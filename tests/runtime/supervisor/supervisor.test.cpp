// Supervisors: the order of starts and stops, strategies, and which exit ends what. A tag
// in brackets names the recorded Erlang scenario that a case repeats.
#include "websock/runtime/supervisor/supervisor.hpp"

#include "tests/catch.hpp"
#include "tests/support/supervised.hpp"

#include <atomic>
#include <functional>
#include <string_view>

namespace runtime = websock::runtime;

using namespace supervised;
using runtime::brutal_kill;
using runtime::child;
using runtime::start_supervisor;
using runtime::supervisor_options;

namespace {

const lines all_stop{"terminate C shutdown", "terminate B shutdown",
                     "terminate A shutdown", "EXIT normal"};

/// Starts A, B and C, lets B exit and stops the supervisor.
lines after_exit_of_b(runtime::restart_strategy strategy) {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup =
      start_supervisor(me, {.strategy = strategy,
                            .children = {ch("A", me, trapping), ch("B", me, trapping),
                                         ch("C", me, trapping)}})
          .process;
  CHECK(events(me) == lines{"start A", "start B", "start C"});
  runtime::cast(child_pid(me, sup, "B"), exit_with{named("boom")});
  auto heard = events(me);
  CHECK(reports(node, "child_terminated") == 1);
  runtime::stop(me, sup);
  CHECK(events(me) == all_stop);
  CHECK(node.log_lines().size() == 1);
  return heard;
}

} // namespace

TEST_CASE(
    "a supervisor with a name has it before its children start, and while it runs") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  auto looks_it_up = ch("A", me);
  const auto found = std::make_shared<pid>();
  looks_it_up.start = [found, start = looks_it_up.start](runtime::process& parent) {
    *found = parent.whereis("top");
    return start(parent);
  };
  const auto sup = start_supervisor(me, {.children = {looks_it_up}, .name = "top"});
  CHECK(sup.process == *found);
  events(me);
  const auto refused = start_supervisor(me, {.children = {ch("B", me)}, .name = "top"});
  CHECK_FALSE(refused.is_up());
  CHECK(to_string(refused.failed).find("the name is taken") != std::string::npos);
  CHECK(events(me).empty());
  runtime::stop(me, sup.process);
  CHECK_FALSE(node.node().whereis("top"));
}

TEST_CASE("one_for_one starts the child that exited again, and no other",
          "[sup-one_for_one]") {
  CHECK(after_exit_of_b(runtime::one_for_one) == lines{"terminate B boom", "start B"});
}

TEST_CASE("one_for_all stops the others in reverse order and starts all again",
          "[sup-one_for_all]") {
  CHECK(after_exit_of_b(runtime::one_for_all)
        == lines{"terminate B boom", "terminate C shutdown", "terminate A shutdown",
                 "start A", "start B", "start C"});
}

TEST_CASE("rest_for_one stops and starts what was started after the child that exited",
          "[sup-rest_for_one]") {
  CHECK(after_exit_of_b(runtime::rest_for_one)
        == lines{"terminate B boom", "terminate C shutdown", "start B", "start C"});
}

TEST_CASE(
    "a temporary child is stopped by one_for_all, but neither kept nor started again",
    "[sup-one-for-all-temporary]") {
  stepped_node node(1);
  tester me(node);
  const auto sup =
      started(me, {.strategy = runtime::one_for_all,
                   .children = {ch("A", me, trapping),
                                ch("T", me, trapping, {.restart = runtime::temporary}),
                                ch("B", me, trapping)}});
  runtime::cast(child_pid(me, sup, "B"), exit_with{named("boom")});
  CHECK(events(me)
        == lines{"terminate B boom", "terminate T shutdown", "terminate A shutdown",
                 "start A", "start B"});
  CHECK(ids(me, sup) == lines{"B", "A"});
}

TEST_CASE("children stop one after the other, in reverse order, each in its own time",
          "[sup-shutdown-order]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup =
      started(me, {.children = {ch("A", me, trapping), slow_ch("B", me, 100ms),
                                ch("C", me, trapping)}});
  const auto before = node.now();
  runtime::stop(me, sup);
  CHECK(node.now() - before == 100ms);
  CHECK(events(me) == all_stop);
}

TEST_CASE("a child that does not trap exits dies of shutdown, without terminate",
          "[sup-shutdown-non-trapping]") {
  stepped_node node(1);
  tester me(node);
  const auto sup = started(me, {.children = {ch("A", me)}});
  static_cast<void>(me.monitor(child_pid(me, sup, "A")));
  runtime::stop(me, sup);
  CHECK(events(me) == lines{"DOWN shutdown", "EXIT normal"});
  CHECK(node.log_lines().empty());
}

TEST_CASE("brutal_kill kills a child that traps exits, without terminate",
          "[sup-brutal-kill]") {
  stepped_node node(1);
  tester me(node);
  const auto sup =
      started(me, {.children = {ch("A", me, trapping, {.shutdown = brutal_kill})}});
  static_cast<void>(me.monitor(child_pid(me, sup, "A")));
  runtime::stop(me, sup);
  CHECK(events(me) == lines{"DOWN killed", "EXIT normal"});
  CHECK(node.log_lines().empty());
}

TEST_CASE("a child that does not go in time is killed, and that is reported") {
  stepped_node node(1);
  tester me(node);
  const auto sup = started(
      me, {.children = {slow_ch("A", me, runtime::infinity, {.shutdown = 50ms})}});
  static_cast<void>(me.monitor(child_pid(me, sup, "A")));
  const auto before = node.now();
  runtime::stop(me, sup);
  CHECK(node.now() - before == 50ms);
  CHECK(events(me) == lines{"DOWN killed", "EXIT normal"});
  CHECK(reports(node, "shutdown_error") == 1);
}

TEST_CASE("with shutdown infinity a child has all the time it needs") {
  stepped_node node(1);
  tester me(node);
  const auto sup =
      start_supervisor(
          me, {.children = {slow_ch("A", me, 1h, {.shutdown = runtime::infinity})}})
          .process;
  const auto before = node.now();
  runtime::stop(me, sup);
  CHECK(node.now() - before == 1h);
  CHECK(events(me) == lines{"start A", "terminate A shutdown", "EXIT normal"});
}

TEST_CASE("exit signals from strangers do nothing to a supervisor",
          "[sup-exit-normal-signal]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = started(me, {.children = {ch("A", me, trapping)}});
  node.spawn([sup](runtime::process& self) { self.exit(sup, runtime::reason::normal); });
  node.spawn(
      [sup](runtime::process& self) { self.exit(sup, runtime::reason::shutdown); });
  CHECK(events(me, 60ms).empty());
  CHECK(sup.is_alive());
}

TEST_CASE("killing a supervisor kills its children, those that trap exits with terminate",
          "[sup-killed-supervisor]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = started(me, {.children = {ch("A", me, trapping), ch("B", me)}});
  for (const char* id : {"A", "B"})
    static_cast<void>(me.monitor(child_pid(me, sup, id)));
  me.exit(sup, runtime::reason::kill);
  // Erlang gives no order between the children, nor between them and the test.
  CHECK(sorted(events(me))
        == lines{"DOWN killed", "DOWN killed", "EXIT killed", "terminate A killed"});
}

TEST_CASE("a supervisor whose parent dies stops its children and exits as the parent did",
          "[sup-parent-dies]") {
  struct parent final : runtime::behaviour {
    parent(pid told, supervisor_options options)
        : told_(std::move(told)), options_(std::move(options)) {}
    void on_start() override {
      self().send(told_, start_supervisor(self(), options_).process);
    }
    void on_message(runtime::term) override { runtime::process::exit(named("boom")); }
    const pid told_;
    const supervisor_options options_;
  };
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto top = node.spawn<parent>(
      me.pid(), supervisor_options{.children = {ch("A", me, trapping)}});
  const auto sup = me.receive(1s, [](const pid& started) { return started; });
  CHECK(events(me) == lines{"start A"});
  static_cast<void>(me.monitor(sup.value()));
  runtime::send(top, 0);
  CHECK(events(me) == lines{"terminate A shutdown", "DOWN boom"});
}

TEST_CASE("an exit signal of the parent stops the children and is the exit reason",
          "[sup-parent-exit-shutdown]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup =
      started(me, {.children = {ch("A", me, trapping), ch("B", me, trapping)}});
  me.exit(sup, runtime::reason::shutdown);
  CHECK(events(me)
        == lines{"terminate B shutdown", "terminate A shutdown", "EXIT shutdown"});
}

TEST_CASE("a child that crashes while another is being stopped is not started again") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup =
      started(me, {.children = {ch("A", me, trapping), slow_ch("B", me, 100ms)}});
  const auto a = child_pid(me, sup, "A");
  me.exit(sup, runtime::reason::shutdown);
  CHECK(events(me).empty());
  runtime::cast(a, exit_with{named("boom")});
  CHECK(events(me, 200ms)
        == lines{"terminate A boom", "terminate B shutdown", "EXIT shutdown"});
  CHECK(reports(node, "child_terminated") == 0);
  CHECK(reports(node, "shutdown_error") == 1);
}

TEST_CASE("a child that has unlinked itself does not hold its supervisor up") {
  struct unlinked final : runtime::behaviour {
    void on_start() override { self().unlink(self().parent()); }
    void on_message(runtime::term) override {}
  };
  stepped_node node(1);
  tester me(node);
  const auto sup = start_supervisor(me, {.children = {child<unlinked>("U")}}).process;
  runtime::stop(me, sup);
  CHECK(events(me) == lines{"EXIT normal"});
}

TEST_CASE("a node that stops ends a tree of processes that trap exits, without killing") {
  std::atomic<int> logged = 0;
  runtime::node node({.shards = 2,
                      .pool_threads = 1,
                      .slow_turn = 0ms,
                      .log = [&](runtime::log_level, std::string_view) { ++logged; }});
  class trapper final : public runtime::gen_server {
  public:
    explicit trapper(pid told) : told_(std::move(told)) {}

  private:
    runtime::server_result init() override {
      self().trap_exit(true);
      self().send(told_, 1);
      return runtime::noreply();
    }
    runtime::server_result handle_info(runtime::term) override {
      return runtime::noreply();
    }
    const pid told_;
  };
  {
    runtime::thread_process me(node);
    const auto inner =
        supervisor_options{.children = {child<trapper>("a", {}, me.pid())}};
    start_supervisor(node, {.children = {child<runtime::supervisor>("inner", {}, inner),
                                         child<trapper>("b", {}, me.pid())}});
    CHECK(me.receive(5s, [](int) {}));
    CHECK(me.receive(5s, [](int) {}));
  }
  node.stop();
  CHECK(node.process_count() == 0);
  CHECK(logged == 0);
}

TEST_CASE("a child that is started while its node stops does not come up") {
  struct idle final : runtime::behaviour {
    void on_message(runtime::term) override {}
  };
  class late final : public runtime::behaviour {
  public:
    late(pid told, std::atomic<int>& refused)
        : told_(std::move(told)), refused_(refused) {}

  private:
    void on_start() override {
      self().trap_exit(true);
      self().send(told_, 1);
    }
    void on_message(runtime::term) override {
      const auto result = self().start_link<idle>();
      refused_ += !result.is_up() && result.failed == runtime::reason::shutdown ? 1 : 0;
      runtime::process::exit(runtime::reason::normal);
    }
    const pid told_;
    std::atomic<int>& refused_;
  };
  std::atomic<int> refused = 0;
  runtime::node node({.shards = 2, .pool_threads = 1});
  {
    runtime::thread_process me(node);
    node.spawn<late>(me.pid(), std::ref(refused));
    CHECK(me.receive(5s, [](int) {}));
  }
  node.stop();
  CHECK(node.process_count() == 0);
  CHECK(refused == 1);
}
