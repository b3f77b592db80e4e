// Supervisors: which children they restart, how often, and what happens when a start
// fails.
#include "websock/runtime/supervisor/supervisor.hpp"

#include "tests/catch.hpp"
#include "tests/support/supervised.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

namespace runtime = websock::runtime;

using namespace supervised;
using runtime::child;
using runtime::start_supervisor;
using runtime::supervisor_options;

namespace {

/// The events and which_children after a child has stopped by itself.
struct aftermath {
  lines events;
  std::string children; // "A: pid", "A: undefined" or nothing
  std::size_t reports;
  friend bool operator==(const aftermath&, const aftermath&) = default;
  friend std::ostream& operator<<(std::ostream& out, const aftermath& value) {
    for (const auto& each : value.events)
      out << each << ", ";
    return out << value.children << ", " << value.reports << " reports";
  }
};

aftermath after_stop(runtime::restart_type restart, const exit_reason& why) {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = started(me, {.children = {ch("A", me, plain, {.restart = restart})}});
  runtime::cast(child_pid(me, sup, "A"), stop_with{why});
  aftermath seen{events(me), "", reports(node, "child_terminated")};
  for (const auto& each : runtime::which_children(me, sup))
    seen.children = each.id + (each.process ? ": pid" : ": undefined");
  return seen;
}

/// A child that comes up once, and fails ever after.
runtime::child_spec once(std::string name, const tester& me,
                         const std::shared_ptr<int>& attempts) {
  return child<worker>(name, {}, name, nature{me.pid(), plain, attempts, 1});
}

/// Its copies throw while the count is below zero, which each of them raises.
struct fragile {
  explicit fragile(std::shared_ptr<int> count) : left(std::move(count)) {}
  fragile(const fragile& other) : left(other.left) {
    if (*left < 0) {
      ++*left;
      throw std::runtime_error("no copy");
    }
  }
  fragile(fragile&&) noexcept = default;
  fragile& operator=(const fragile&) = delete;
  ~fragile() = default;
  std::shared_ptr<int> left;
};

class fragile_worker final : public runtime::gen_server {
public:
  explicit fragile_worker(const fragile&) {}
};

} // namespace

TEST_CASE("a permanent child is started again after an error",
          "[sup-restart-permanent-boom]") {
  CHECK(after_stop(runtime::permanent, named("boom"))
        == aftermath{{"terminate A boom", "start A"}, "A: pid", 1});
}

TEST_CASE("a permanent child is started again after a normal exit",
          "[sup-restart-permanent-normal]") {
  CHECK(after_stop(runtime::permanent, runtime::reason::normal)
        == aftermath{{"terminate A normal", "start A"}, "A: pid", 1});
}

TEST_CASE("a permanent child is started again after a shutdown",
          "[sup-restart-permanent-shutdown]") {
  CHECK(after_stop(runtime::permanent, runtime::reason::shutdown)
        == aftermath{{"terminate A shutdown", "start A"}, "A: pid", 1});
}

TEST_CASE("a temporary child that has exited is forgotten",
          "[sup-restart-temporary-normal]") {
  CHECK(after_stop(runtime::temporary, runtime::reason::normal)
        == aftermath{{"terminate A normal"}, "", 0});
  CHECK(after_stop(runtime::temporary, named("boom"))
        == aftermath{{"terminate A boom"}, "", 1});
}

TEST_CASE("a transient child is started again after an error",
          "[sup-restart-transient-boom]") {
  CHECK(after_stop(runtime::transient, named("boom"))
        == aftermath{{"terminate A boom", "start A"}, "A: pid", 1});
}

TEST_CASE("a transient child that has shut down stays down and is kept",
          "[sup-restart-transient-shutdown]") {
  CHECK(after_stop(runtime::transient, runtime::reason::shutdown)
        == aftermath{{"terminate A shutdown"}, "A: undefined", 0});
}

TEST_CASE("a transient child that has shut down with a reason stays down and is kept",
          "[sup-restart-transient-shutdownx]") {
  CHECK(after_stop(runtime::transient, runtime::reason::shutdown(atom{"x"}))
        == aftermath{{"terminate A {shutdown, x}"}, "A: undefined", 0});
}

TEST_CASE("killed is an abnormal exit: permanent and transient children come back",
          "[sup-child-killed]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = started(
      me, {.children = {ch("A", me), ch("B", me, plain, {.restart = runtime::transient}),
                        ch("C", me, plain, {.restart = runtime::temporary})}});
  for (const char* id : {"A", "B", "C"})
    me.exit(child_pid(me, sup, id), runtime::reason::kill);
  CHECK(events(me) == lines{"start A", "start B"});
  CHECK(reports(node, "child_terminated") == 3);
}

TEST_CASE("one restart too many within the period ends the supervisor with shutdown",
          "[sup-max-restarts]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup =
      start_supervisor(me, {.children = {ch("A", me, trapping), ch("B", me, trapping),
                                         ch("C", me, trapping)}})
          .process;
  static_cast<void>(me.monitor(sup));
  events(me);
  for (int i = 0; i < 3; ++i) {
    runtime::cast(child_pid(me, sup, "B"), exit_with{named("boom")});
    CHECK(events(me, 40ms) == lines{"terminate B boom", "start B"});
  }
  runtime::cast(child_pid(me, sup, "B"), exit_with{named("boom")});
  CHECK(events(me, 40ms)
        == lines{"terminate B boom", "terminate C shutdown", "terminate A shutdown",
                 "EXIT shutdown", "DOWN shutdown"});
  CHECK(reports(node, "child_terminated") == 4);
  CHECK(reports(node, "shutdown") == 1);
}

TEST_CASE("restarts that are longer ago than the period do not count") {
  stepped_node node(1);
  tester me(node);
  const auto sup =
      started(me, {.max_restarts = 1, .max_period = 1s, .children = {ch("A", me)}});
  for (int i = 0; i < 5; ++i) {
    runtime::cast(child_pid(me, sup, "A"), exit_with{named("boom")});
    CHECK(events(me, 1001ms) == lines{"terminate A boom", "start A"});
  }
  runtime::cast(child_pid(me, sup, "A"), exit_with{named("boom")});
  CHECK(events(me, 1000ms) == lines{"terminate A boom", "start A"});
  runtime::cast(child_pid(me, sup, "A"), exit_with{named("boom")});
  CHECK(events(me) == lines{"terminate A boom", "EXIT shutdown"});
}

TEST_CASE("without any restart allowed the first crash ends the supervisor",
          "[sup-max-restarts-0]") {
  stepped_node node(1);
  tester me(node);
  const auto sup = started(me, {.max_restarts = 0, .children = {ch("A", me)}});
  runtime::cast(child_pid(me, sup, "A"), exit_with{named("boom")});
  CHECK(events(me) == lines{"terminate A boom", "EXIT shutdown"});
  CHECK(reports(node, "child_terminated") == 1);
  CHECK(reports(node, "shutdown") == 1);
}

TEST_CASE("a supervisor that gives up is started again by its own, with all its children",
          "[sup-nested-escalation]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const supervisor_options inner{.max_restarts = 0,
                                 .children = {ch("A", me), ch("B", me)}};
  const auto sup =
      start_supervisor(me, {.children = {child<runtime::supervisor>("inner", {}, inner)}})
          .process;
  CHECK(events(me) == lines{"start A", "start B"});
  runtime::cast(child_pid(me, child_pid(me, sup, "inner"), "A"),
                exit_with{named("boom")});
  CHECK(events(me, 100ms) == lines{"terminate A boom", "start A", "start B"});
  CHECK(sup.is_alive());
  CHECK(reports(node, "child_terminated") == 2);
  CHECK(reports(node, "shutdown") == 1);
  CHECK(runtime::count_children(me, sup)
        == runtime::child_counts{.specs = 1, .active = 1, .supervisors = 1});
}

TEST_CASE("each restart that fails counts, until it is one too many",
          "[sup-restart-init-fails]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto attempts = std::make_shared<int>(0);
  const auto sup = started(me, {.children = {once("A", me, attempts)}});
  runtime::cast(child_pid(me, sup, "A"), exit_with{named("boom")});
  CHECK(events(me, 100ms)
        == lines{"terminate A boom", "init_fail A", "init_fail A", "init_fail A",
                 "EXIT shutdown"});
  CHECK(*attempts == 4);
  CHECK(reports(node, "child_terminated") == 1);
  CHECK(reports(node, "start_error") == 3);
  CHECK(reports(node, "shutdown") == 1);
}

TEST_CASE("a restart of several that fails tries again from the child that failed") {
  stepped_node node(1);
  tester me(node);
  const auto attempts = std::make_shared<int>(0);
  const auto start = [&](runtime::restart_strategy strategy) {
    const auto sup =
        start_supervisor(me, {.strategy = strategy,
                              .max_restarts = 2,
                              .children = {ch("A", me, trapping), once("B", me, attempts),
                                           ch("C", me, trapping)}})
            .process;
    events(me);
    runtime::cast(child_pid(me, sup, "A"), exit_with{named("boom")});
    return events(me, 100ms);
  };
  SECTION("which stops those that came up before it, with one_for_all") {
    CHECK(start(runtime::one_for_all)
          == lines{"terminate A boom", "terminate C shutdown", "start A", "init_fail B",
                   "terminate A shutdown", "start A", "init_fail B",
                   "terminate A shutdown", "EXIT shutdown"});
  }
  SECTION("and leaves them alone, with rest_for_one") {
    CHECK(start(runtime::rest_for_one)
          == lines{"terminate A boom", "terminate C shutdown", "start A", "init_fail B",
                   "init_fail B", "terminate A shutdown", "EXIT shutdown"});
  }
}

TEST_CASE("a child that fails to start stops those before it, in reverse order, and is "
          "the reason") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto fails = std::make_shared<int>(1);
  const auto result =
      start_supervisor(me, {.children = {ch("A", me, trapping), slow_ch("B", me, 50ms),
                                         once("C", me, fails), ch("D", me)}});
  CHECK_FALSE(result.is_up());
  CHECK(result.failed
        == runtime::reason::shutdown(
            runtime::failed_to_start_child{"C", named("init_failed")}));
  CHECK(to_string(result.failed)
        == "{shutdown, {failed_to_start_child, \"C\", init_failed}}");
  CHECK(events(me, 0ms)
        == lines{"start A", "start B", "init_fail C", "terminate B shutdown",
                 "terminate A shutdown"});
  CHECK(reports(node, "start_error") == 1);
  CHECK(me.flush(1s).empty()); // no exit signal of it
}

TEST_CASE("a supervisor waits for what is left of a supervisor that failed to start") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto attempts = std::make_shared<int>(1);
  const supervisor_options inner{
      .children = {slow_ch("B", me, 50ms), once("C", me, attempts)}};
  const std::vector<runtime::child_spec> both{
      ch("A", me, trapping), child<runtime::supervisor>("inner", {}, inner)};
  SECTION("when it starts itself") {
    const auto result = start_supervisor(me, {.children = both});
    CHECK(to_string(result.failed)
          == "{shutdown, {failed_to_start_child, \"inner\", {shutdown, "
             "{failed_to_start_child, \"C\", init_failed}}}}");
    CHECK(events(me, 0ms)
          == lines{"start A", "start B", "init_fail C", "terminate B shutdown",
                   "terminate A shutdown"});
  }
  SECTION("when it starts it again, and before it tries once more") {
    *attempts = 0;
    const auto sup = start_supervisor(me, {.max_restarts = 2, .children = both}).process;
    events(me);
    runtime::stop(me, child_pid(me, sup, "inner"), named("boom"));
    CHECK(events(me, 300ms)
          == lines{"terminate B shutdown", "start B", "init_fail C",
                   "terminate B shutdown", "start B", "init_fail C",
                   "terminate B shutdown", "terminate A shutdown", "EXIT shutdown"});
  }
  SECTION("when it is asked to start it") {
    const auto sup = start_supervisor(me, {.children = {}}).process;
    const auto before = node.now();
    const auto result = runtime::start_child(me, sup, both.back());
    CHECK(node.now() - before == 50ms);
    CHECK(result.error == runtime::child_error::failed);
    CHECK(runtime::which_children(me, sup).empty());
  }
}

TEST_CASE("a child that says ignore is kept without a process, unless it is temporary") {
  class ignorer final : public runtime::gen_server {
    runtime::server_result init() override { return runtime::ignore(); }
  };
  stepped_node node(1);
  tester me(node);
  const auto sup =
      start_supervisor(me,
                       {.children = {child<ignorer>("A"),
                                     child<ignorer>("B", {.restart = runtime::temporary}),
                                     ch("C", me)}})
          .process;
  CHECK(ids(me, sup) == lines{"C", "A"});
  CHECK(runtime::count_children(me, sup)
        == runtime::child_counts{.specs = 2, .active = 1, .workers = 2});
  CHECK(to_string(runtime::restart_child(me, sup, "A")) == "ok");
}

TEST_CASE("a significant child that ends for good ends its supervisor",
          "[sup-auto-shutdown]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup =
      started(me, {.auto_shutdown = runtime::any_significant,
                   .children = {ch("A", me, trapping,
                                   {.restart = runtime::transient, .significant = true}),
                                ch("B", me, trapping)}});
  runtime::cast(child_pid(me, sup, "A"), stop_with{runtime::reason::normal});
  CHECK(events(me, 80ms)
        == lines{"terminate A normal", "terminate B shutdown", "EXIT shutdown"});
  CHECK(node.log_lines().empty());
}

TEST_CASE("with all_significant the last significant child ends its supervisor") {
  stepped_node node(1);
  tester me(node);
  const runtime::child_options significant{.restart = runtime::temporary,
                                           .significant = true};
  const auto sup =
      started(me, {.auto_shutdown = runtime::all_significant,
                   .children = {ch("A", me, plain, significant),
                                ch("B", me, plain, significant), ch("C", me)}});
  runtime::cast(child_pid(me, sup, "A"), stop_with{runtime::reason::normal});
  CHECK(events(me) == lines{"terminate A normal"});
  runtime::cast(child_pid(me, sup, "B"), stop_with{named("boom")});
  CHECK(events(me) == lines{"terminate B boom", "EXIT shutdown"});
}

TEST_CASE("a supervisor tells which child made it give up, and its last reason, before "
          "it stops the others") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  lines told;
  const auto note = [&told](const std::string& id, const exit_reason& why) {
    told.push_back(id + ": " + to_string(why));
  };
  SECTION("that exited") {
    const auto sup =
        start_supervisor(me, {.max_restarts = 0,
                              .children = {ch("A", me, trapping), ch("B", me)},
                              .gave_up = note})
            .process;
    events(me);
    runtime::cast(child_pid(me, sup, "B"), stop_with{named("boom")});
    CHECK(events(me)
          == lines{"terminate B boom", "terminate A shutdown", "EXIT shutdown"});
    CHECK(told == lines{"B: boom"});
  }
  SECTION("that did not come up again") {
    const auto attempts = std::make_shared<int>(0);
    const auto sup =
        start_supervisor(me, {.children = {once("A", me, attempts)}, .gave_up = note})
            .process;
    runtime::cast(child_pid(me, sup, "A"), stop_with{named("boom")});
    events(me);
    CHECK(told == lines{"A: init_failed"});
  }
}

TEST_CASE(
    "a child whose arguments cannot be copied did not come up, and is tried again") {
  stepped_node node(1);
  tester me(node);
  const auto copies_left = std::make_shared<int>(100);
  const auto sup =
      start_supervisor(
          me, {.max_restarts = 3,
               .children = {ch("A", me, trapping), runtime::child<fragile_worker>(
                                                       "F", {}, fragile(copies_left))}})
          .process;
  static_cast<void>(me.monitor(sup));
  CHECK(events(me) == lines{"start A"});
  const auto first = child_pid(me, sup, "F");
  SECTION("until it succeeds") {
    *copies_left = -2; // the next two throw
    node.node().exit(first, named("boom"));
    CHECK(events(me, 40ms).empty());
    CHECK(child_pid(me, sup, "F").is_alive());
    CHECK(reports(node, "start_error") == 2);
  }
  SECTION("or until it is one too many") {
    *copies_left = -1'000;
    node.node().exit(first, named("boom"));
    CHECK(events(me, 40ms)
          == lines{"terminate A shutdown", "EXIT shutdown", "DOWN shutdown"});
  }
}
