// Supervisors: requests, when they reply, and specs that they reject.
#include "websock/runtime/supervisor/supervisor_calls.hpp"

#include "tests/catch.hpp"
#include "tests/support/supervised.hpp"

namespace runtime = websock::runtime;

using namespace supervised;
using runtime::start_supervisor;
using runtime::request::count_children;
using runtime::request::delete_child;
using runtime::request::restart_child;
using runtime::request::start_child;
using runtime::request::terminate_child;

namespace {

/// As text, with `pid` in place of a pid.
std::string text(const runtime::child_result& result) {
  auto line = to_string(result);
  if (result.process) {
    const auto who = to_string(result.process);
    line.replace(line.find(who), who.size(), "pid");
  }
  return line;
}

/// Sends requests in one go.
void ask(tester& me, const pid& sup, const std::vector<runtime::term>& requests) {
  me.in_process([&](runtime::process& self) {
    for (const auto& each : requests)
      static_cast<void>(self.send_request(sup, 1s, each));
  });
}

/// What is answered within `limit`.
lines answers(tester& me, runtime::duration limit) {
  lines all;
  me.sleep(limit);
  while (me.receive(
      0s, [&](const runtime::response& each) { all.push_back(to_string(each.value)); }))
    continue;
  return all;
}

lines answers_of(tester& me, const pid& sup, const std::vector<runtime::term>& requests) {
  ask(me, sup, requests);
  return answers(me, 500ms);
}

} // namespace

TEST_CASE("children are started, terminated, restarted and deleted on request",
          "[sup-api]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = started(me, {.children = {ch("A", me, trapping)}});
  CHECK(text(runtime::start_child(me, sup, ch("A", me)))
        == "{error, {already_started, pid}}");
  CHECK(text(runtime::delete_child(me, sup, "A")) == "{error, running}");
  CHECK(text(runtime::terminate_child(me, sup, "A")) == "ok");
  CHECK(events(me) == lines{"terminate A shutdown"});
  const auto all = runtime::which_children(me, sup);
  REQUIRE(all.size() == 1);
  CHECK(to_string(all[0]) == "{\"A\", undefined, worker}");
  CHECK(text(runtime::start_child(me, sup, ch("A", me))) == "{error, already_present}");
  CHECK(text(runtime::restart_child(me, sup, "A")) == "{ok, pid}");
  CHECK(text(runtime::restart_child(me, sup, "A")) == "{error, running}");
  CHECK(text(runtime::terminate_child(me, sup, "A")) == "ok");
  CHECK(text(runtime::delete_child(me, sup, "A")) == "ok");
  CHECK(text(runtime::restart_child(me, sup, "A")) == "{error, not_found}");
  CHECK(text(runtime::terminate_child(me, sup, "A")) == "{error, not_found}");
  CHECK(runtime::count_children(me, sup) == runtime::child_counts{});
}

TEST_CASE("a child that was terminated on request stays down, and is no restart",
          "[sup-terminate-child-not-restarted]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup = started(me, {.max_restarts = 0, .children = {ch("A", me, trapping)}});
  CHECK(runtime::terminate_child(me, sup, "A").is_ok());
  CHECK(events(me, 60ms) == lines{"terminate A shutdown"});
  CHECK(runtime::count_children(me, sup)
        == runtime::child_counts{.specs = 1, .workers = 1});
  CHECK(node.log_lines().empty());
}

TEST_CASE("a child added on request is stopped first, and terminating a temporary one "
          "forgets it") {
  stepped_node node(1);
  tester me(node);
  const auto sup = start_supervisor(me, {.children = {ch("A", me, trapping)}}).process;
  CHECK(runtime::start_child(me, sup, ch("B", me, trapping)).is_ok());
  CHECK(runtime::start_child(me, sup,
                             ch("T", me, trapping, {.restart = runtime::temporary}))
            .is_ok());
  CHECK(ids(me, sup) == lines{"T", "B", "A"});
  CHECK(runtime::terminate_child(me, sup, "T").is_ok());
  CHECK(ids(me, sup) == lines{"B", "A"});
  events(me);
  runtime::stop(me, sup);
  CHECK(events(me)
        == lines{"terminate B shutdown", "terminate A shutdown", "EXIT normal"});
}

TEST_CASE("a start on request that fails is answered with its reason and kept nowhere") {
  stepped_node node(1);
  tester me(node);
  const auto sup = start_supervisor(me, {}).process;
  const auto fails = std::make_shared<int>(0);
  const auto spec = runtime::child<worker>("A", {}, std::string("A"),
                                           nature{me.pid(), plain, fails, 0});
  CHECK(text(runtime::start_child(me, sup, spec)) == "{error, init_failed}");
  CHECK(runtime::which_children(me, sup).empty());
  CHECK(sup.is_alive());
}

TEST_CASE("requests wait, in order, while a child stops; other processes do not") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  tester me(node);
  const auto sup =
      start_supervisor(me, {.children = {ch("A", me, trapping), slow_ch("B", me, 100ms)}})
          .process;
  const auto a = child_pid(me, sup, "A");
  events(me);
  ask(me, sup,
      {runtime::term(terminate_child{"B"}), runtime::term(count_children{}),
       runtime::term(delete_child{"B"}), runtime::term(count_children{})});
  me.sleep(50ms);
  runtime::cast(a, stop_with{named("boom")}); // the supervisor's shard goes on
  CHECK(events(me, 0ms) == lines{"terminate A boom"});
  CHECK(answers(me, 50ms)
        == lines{"ok", "{specs: 2, active: 1, supervisors: 0, workers: 2}", "ok",
                 "{specs: 1, active: 1, supervisors: 0, workers: 1}"});
  CHECK(events(me) == lines{"terminate B shutdown", "start A"});
}

TEST_CASE("what is asked of a supervisor that stops is answered with its exit") {
  stepped_node node(1);
  tester me(node);
  const auto sup = start_supervisor(me, {.children = {slow_ch("A", me, 100ms)}}).process;
  me.exit(sup, runtime::reason::shutdown);
  CHECK_THROWS_AS(runtime::which_children(me, sup), runtime::call_failed);
  CHECK_THROWS_AS(runtime::stop(me, sup), runtime::call_failed); // it is no more
}

TEST_CASE("stop ends a supervisor or a server with any reason and waits for it") {
  stepped_node node(1);
  tester me(node);
  const auto sup = start_supervisor(me, {.children = {ch("A", me)}}).process;
  runtime::stop(me, child_pid(me, sup, "A"), named("because"));
  CHECK(events(me) == lines{"start A", "terminate A because", "start A"});
  runtime::stop(me, sup, named("enough"));
  CHECK(events(me) == lines{"EXIT enough"});
}

TEST_CASE(
    "a child that waits for its restart is neither restarted nor deleted on request") {
  stepped_node node(1);
  tester me(node);
  const auto attempts = std::make_shared<int>(0);
  const runtime::supervisor_options inner{
      .children = {slow_ch("A", me, 50ms),
                   runtime::child<worker>("B", {}, std::string("B"),
                                          nature{me.pid(), plain, attempts, 1})}};
  const auto sup =
      start_supervisor(
          me, {.children = {runtime::child<runtime::supervisor>("inner", {}, inner)}})
          .process;
  runtime::stop(me, child_pid(me, sup, "inner"), named("boom"));
  // The restart has failed, but what came up with it still stops.
  CHECK(events(me, 10ms).back() == "init_fail B");
  CHECK(answers_of(
            me, sup,
            {runtime::term(restart_child{"inner"}), runtime::term(delete_child{"inner"}),
             runtime::term(start_child{ch("inner", me)}),
             runtime::term(terminate_child{"inner"}),
             runtime::term(restart_child{"inner"}), runtime::term(count_children{})})
        == lines{"{error, restarting}", "{error, restarting}", "{error, already_present}",
                 "ok", "{error, {shutdown, {failed_to_start_child, \"B\", init_failed}}}",
                 "{specs: 1, active: 0, supervisors: 1, workers: 0}"});
}

TEST_CASE("an unknown request ends a supervisor in order, and a message is only logged") {
  stepped_node node(1);
  tester me(node);
  const auto sup = started(me, {.children = {ch("A", me, trapping)}});
  runtime::send(sup, 42);
  CHECK(events(me).empty());
  CHECK(node.log_lines().size() == 1);
  CHECK_THROWS_AS(me.call(sup, 1s, 43), runtime::call_failed);
  CHECK(events(me).front() == "terminate A shutdown");
}

TEST_CASE("options that contradict themselves keep a supervisor from starting") {
  stepped_node node(1);
  tester me(node);
  const auto refused = [&](const runtime::supervisor_options& options) {
    return to_string(start_supervisor(me, options).failed);
  };
  CHECK(refused({.children = {ch("A", me), ch("A", me)}})
        == "{start_spec, two children are named \"A\"}");
  CHECK(refused({.children = {ch("A", me, plain, {.significant = true})}})
        == "{start_spec, child \"A\" must not be significant}");
  CHECK(refused({.auto_shutdown = runtime::any_significant,
                 .children = {ch("A", me, plain, {.significant = true})}})
        == "{start_spec, child \"A\" must not be significant}");
  CHECK(refused({.max_period = 0s}) == "{start_spec, max_period must be positive}");
  CHECK(events(me).empty());
  const auto sup = start_supervisor(me, {}).process;
  CHECK(text(runtime::start_child(me, sup, ch("A", me, plain, {.significant = true})))
        == "{error, bad_spec}");
}
