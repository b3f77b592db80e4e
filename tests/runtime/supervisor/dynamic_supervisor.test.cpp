// Dynamic supervisors: children come and go, and all stop at once.
#include "websock/runtime/supervisor/dynamic_supervisor.hpp"

#include "tests/catch.hpp"
#include "tests/support/supervised.hpp"

namespace runtime = websock::runtime;

using namespace supervised;
using runtime::child;
using runtime::child_counts;
using runtime::start_child;
using runtime::start_dynamic_supervisor;

namespace {

const runtime::child_options short_lived{.restart = runtime::temporary};

} // namespace

TEST_CASE("a temporary child's crash concerns nobody else, and all children stop at once",
          "[dynsup-basic]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = start_dynamic_supervisor(me).process;
  const auto a = start_child(me, sup, ch("A", me, trapping, short_lived)).process;
  for (const char* name : {"B", "C", "D"})
    CHECK(start_child(me, sup, slow_ch(name, me, 100ms, short_lived)).is_ok());
  events(me);
  runtime::cast(a, exit_with{named("boom")});
  CHECK(events(me, 150ms) == lines{"terminate A boom"});
  CHECK(reports(node, "child_terminated") == 1);
  CHECK(runtime::count_children(me, sup)
        == child_counts{.specs = 3, .active = 3, .supervisors = 0, .workers = 3});
  const auto before = node.now();
  runtime::stop(me, sup);
  CHECK(node.now() - before == 100ms);
  CHECK(sorted(events(me))
        == lines{"EXIT normal", "terminate B shutdown", "terminate C shutdown",
                 "terminate D shutdown"});
  CHECK(node.log_lines().size() == 1);
}

TEST_CASE("no more children than max_children", "[dynsup-max-children]") {
  stepped_node node(1);
  tester me(node);
  const auto sup = start_dynamic_supervisor(me, {.max_children = 1}).process;
  const auto first = start_child(me, sup, ch("A", me));
  CHECK(first.is_ok());
  CHECK(to_string(start_child(me, sup, ch("B", me))) == "{error, max_children}");
  CHECK(runtime::terminate_child(me, sup, first.process).is_ok());
  CHECK(start_child(me, sup, ch("B", me)).is_ok());
}

TEST_CASE("a permanent child that crashes too often ends its dynamic supervisor",
          "[dynsup-permanent-restart-limits]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = start_dynamic_supervisor(me).process;
  CHECK(start_child(me, sup, ch("A", me)).is_ok());
  events(me);
  for (int i = 1; i <= 4; ++i) {
    const auto all = runtime::which_children(me, sup);
    REQUIRE(all.size() == 1);
    runtime::cast(all[0].process, exit_with{named("boom")});
    CHECK(events(me, 40ms)
          == (i < 4 ? lines{"terminate A boom", "start A"}
                    : lines{"terminate A boom", "EXIT shutdown"}));
  }
  CHECK(reports(node, "child_terminated") == 4);
  CHECK(reports(node, "shutdown") == 1);
}

TEST_CASE(
    "a transient child comes back after an error and is forgotten after a shutdown") {
  stepped_node node(1);
  tester me(node);
  const auto sup = start_dynamic_supervisor(me).process;
  const auto spec = ch("A", me, plain, {.restart = runtime::transient});
  const auto a = start_child(me, sup, spec).process;
  events(me);
  runtime::cast(a, stop_with{named("boom")});
  CHECK(events(me) == lines{"terminate A boom", "start A"});
  const auto all = runtime::which_children(me, sup);
  REQUIRE(all.size() == 1);
  CHECK(all[0].process != a);
  runtime::cast(all[0].process, stop_with{runtime::reason::shutdown});
  CHECK(events(me) == lines{"terminate A shutdown"});
  CHECK(runtime::count_children(me, sup) == child_counts{});
  CHECK(node.log_lines().size() == 1);
}

TEST_CASE("terminate_child stops one child for good; requests wait until it is gone") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = start_dynamic_supervisor(me).process;
  const auto a = start_child(me, sup, slow_ch("A", me, 100ms)).process;
  CHECK(start_child(me, sup, ch("B", me)).is_ok());
  events(me);
  const auto before = node.now();
  CHECK(to_string(runtime::terminate_child(me, sup, a)) == "ok");
  CHECK(node.now() - before == 100ms);
  CHECK(events(me) == lines{"terminate A shutdown"});
  CHECK(to_string(runtime::terminate_child(me, sup, a)) == "{error, not_found}");
  CHECK(to_string(runtime::terminate_child(me, sup, "B")) == "{error, not_found}");
  CHECK(runtime::count_children(me, sup).active == 1);
  CHECK(node.log_lines().empty());
}

TEST_CASE("each child has its own time to stop; who exceeds it is killed and reported") {
  stepped_node node(1);
  tester me(node);
  const auto sup = start_dynamic_supervisor(me).process;
  const auto start = [&](const char* name, runtime::duration needs,
                         runtime::shutdown_limit limit) {
    CHECK(start_child(me, sup, slow_ch(name, me, needs, {.shutdown = limit})).is_ok());
  };
  start("A", 300ms, 100ms);
  start("B", 200ms, 300ms);
  start("C", 1h, runtime::brutal_kill);
  events(me);
  const auto before = node.now();
  runtime::stop(me, sup);
  CHECK(node.now() - before == 200ms);
  CHECK(events(me) == lines{"terminate B shutdown", "EXIT normal"});
  CHECK(reports(node, "shutdown_error") == 1);
}

TEST_CASE("a restart that fails is tried again, until it is one too many") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = start_dynamic_supervisor(me).process;
  const auto attempts = std::make_shared<int>(0);
  const auto a = start_child(me, sup,
                             child<worker>({}, std::string("A"),
                                           nature{me.pid(), plain, attempts, 1}))
                     .process;
  events(me);
  runtime::cast(a, exit_with{named("boom")});
  CHECK(events(me, 100ms)
        == lines{"terminate A boom", "init_fail A", "init_fail A", "init_fail A",
                 "EXIT shutdown"});
  CHECK(reports(node, "start_error") == 3);
}

TEST_CASE(
    "a dynamic supervisor under a supervisor stops with it, and so do its children") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto top = runtime::start_supervisor(
                       me, {.children = {child<runtime::dynamic_supervisor>(
                                "rooms", {}, runtime::dynamic_supervisor_options())}})
                       .process;
  const auto rooms = child_pid(me, top, "rooms");
  CHECK(start_child(me, rooms, ch("A", me, trapping)).is_ok());
  CHECK(runtime::count_children(me, top).supervisors == 1);
  events(me);
  runtime::stop(me, top);
  CHECK(events(me) == lines{"terminate A shutdown", "EXIT normal"});
}

TEST_CASE("a dynamic supervisor with a name is found by it, after a restart too") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto top =
      runtime::start_supervisor(
          me, {.children = {child<runtime::dynamic_supervisor>(
                   "rooms", {}, runtime::dynamic_supervisor_options{.name = "rooms"})}})
          .process;
  const auto first = node.node().whereis("rooms");
  CHECK(first == child_pid(me, top, "rooms"));
  me.exit(first, runtime::reason::kill);
  events(me);
  const auto second = node.node().whereis("rooms");
  CHECK(second == child_pid(me, top, "rooms"));
  CHECK(second != first);
  CHECK(start_child(me, second, ch("A", me)).is_ok());
  const auto refused = start_dynamic_supervisor(me, {.name = "rooms"});
  CHECK_FALSE(refused.is_up());
  CHECK(to_string(refused.failed).find("the name is taken") != std::string::npos);
  runtime::stop(me, top);
  CHECK_FALSE(node.node().whereis("rooms"));
}

TEST_CASE("a thousand children stop within one turn of the clock") {
  stepped_node node(1);
  tester me(node);
  const auto sup = start_dynamic_supervisor(me).process;
  for (int i = 0; i < 1'000; ++i)
    start_child(me, sup, slow_ch("x", me, 10ms));
  const auto before = node.now();
  runtime::stop(me, sup);
  CHECK(node.now() - before == 10ms);
}
