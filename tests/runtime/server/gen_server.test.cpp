// gen_server: which callback gets what, what its result means, and when terminate runs.
#include "websock/runtime/server/gen_server.hpp"

#include "websock/runtime/interop/caf.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"

#include <caf/all.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using runtime::call_result;
using runtime::exit_reason;
using runtime::from;
using runtime::noreply;
using runtime::pid;
using runtime::process;
using runtime::reply;
using runtime::server_result;
using runtime::stop;
using runtime::stop_reply;
using runtime::term;
using runtime::testing::stepped_node;

namespace {

using lines = std::vector<std::string>;

/// What each callback of the server under test does, and what it has seen.
struct script {
  std::function<server_result(process&)> init = [](process&) { return noreply(); };
  std::function<call_result(process&, const term&, const from&)> call =
      [](process&, const term&, const from&) { return reply("answer"); };
  std::function<server_result(process&)> cast = [](process&) { return noreply(); };
  std::function<server_result(process&)> info = [](process&) { return noreply(); };
  std::function<void()> terminate = [] {};
  lines seen;
};

class server final : public runtime::gen_server {
public:
  explicit server(script& does) : does_(does) {}

private:
  server_result init() override {
    does_.seen.emplace_back("init");
    return does_.init(self());
  }
  call_result handle_call(term request, from caller) override {
    does_.seen.push_back("call " + to_string(request));
    return does_.call(self(), request, caller);
  }
  server_result handle_cast(term request) override {
    does_.seen.push_back("cast " + to_string(request));
    return does_.cast(self());
  }
  server_result handle_info(term info) override {
    does_.seen.push_back("info " + to_string(info));
    return does_.info(self());
  }
  void terminate(const exit_reason& why) override {
    does_.seen.push_back("terminate " + to_string(why));
    does_.terminate();
  }

  script& does_;
};

/// Overrides nothing.
class bare final : public runtime::gen_server {};

/// A server on a stepped node and a monitor of it.
struct setup {
  explicit setup(script& does) : node(1) {
    subject = node.spawn<server>(std::ref(does));
    watch(subject);
  }
  void watch(const pid& who) {
    class watcher final : public runtime::behaviour {
    public:
      watcher(pid who, lines& downs) : who_(std::move(who)), downs_(downs) {}
      void on_start() override { static_cast<void>(self().monitor(who_)); }
      void on_message(term message) override {
        if (const auto* gone = message.get_if<runtime::down>())
          downs_.push_back(to_string(gone->reason));
      }

    private:
      const pid who_;
      lines& downs_;
    };
    node.spawn<watcher>(who, std::ref(downs));
    node.run_until_idle();
  }
  /// A request of a process, through CAF. Writes the answer down.
  template <class... Ts>
  void request(const pid& to, Ts... values) {
    node.spawn<requester<Ts...>>(to, std::ref(answers), values...);
    node.run_until_idle();
  }
  template <class... Ts>
  class requester final : public runtime::behaviour {
  public:
    requester(pid to, lines& answers, Ts... values)
        : to_(std::move(to)), answers_(answers), values_(std::move(values)...) {}
    void on_start() override {
      std::apply(
          [&](const Ts&... each) {
            as_caf_actor(self())
                .request(runtime::to_actor(to_), caf::infinite, each...)
                .then([this](const std::string& answer) { answers_.push_back(answer); },
                      [this](const caf::error&) { answers_.emplace_back("an error"); });
          },
          values_);
    }
    void on_message(term) override {}

  private:
    const pid to_;
    lines& answers_;
    const std::tuple<Ts...> values_;
  };

  stepped_node node;
  lines downs;
  lines answers;
  pid subject;
};

} // namespace

TEST_CASE("init runs first, then each message goes to its own callback, in order") {
  script does;
  setup run(does);
  runtime::send(run.subject, 1);
  runtime::cast(run.subject, 2);
  runtime::cast(run.subject, 3, "a");
  runtime::send(run.subject, "b", 4);
  run.node.run_until_idle();
  CHECK(does.seen
        == lines{"init", "info 1", "cast 2", "cast {3, \"a\"}", "info {\"b\", 4}"});
  CHECK(run.downs.empty());
}

TEST_CASE("a request goes to handle_call and its answer to the caller") {
  script does;
  setup run(does);
  run.request(run.subject, 5, std::string("x"));
  CHECK(does.seen == lines{"init", "call {5, \"x\"}"});
  CHECK(run.answers == lines{"answer"});
}

TEST_CASE("a request may be answered later, from another callback") {
  script does;
  from waiting;
  does.call = [&](process&, const term&, const from& caller) -> call_result {
    waiting = caller;
    return noreply();
  };
  does.cast = [&](process&) {
    reply(waiting, "late");
    reply(waiting, "twice");
    return noreply();
  };
  setup run(does);
  run.request(run.subject, 1);
  CHECK(run.answers.empty());
  runtime::cast(run.subject, 1);
  run.node.run_until_idle();
  CHECK(run.answers == lines{"late"});
}

TEST_CASE("a request that nobody keeps is answered with an error") {
  script does;
  does.call = [](process&, const term&, const from&) -> call_result { return noreply(); };
  setup run(does);
  run.request(run.subject, 1);
  CHECK(run.answers == lines{"an error"});
}

TEST_CASE(
    "a stop in any callback runs terminate once, with its reason, and handles no more") {
  script does;
  const auto stops = [](process&) { return stop(runtime::reason::shutdown("done")); };
  std::string last;
  SECTION("handle_cast") {
    does.cast = stops;
    setup run(does);
    runtime::cast(run.subject, 1);
    runtime::send(run.subject, "never handled");
    run.node.run_until_idle();
    CHECK(does.seen == lines{"init", "cast 1", "terminate {shutdown, \"done\"}"});
    CHECK(run.downs == lines{"{shutdown, \"done\"}"});
    CHECK(run.node.log_lines().empty());
  }
  SECTION("handle_info") {
    does.info = stops;
    setup run(does);
    runtime::send(run.subject, 1);
    runtime::send(run.subject, "never handled");
    run.node.run_until_idle();
    CHECK(does.seen == lines{"init", "info 1", "terminate {shutdown, \"done\"}"});
    CHECK(run.downs == lines{"{shutdown, \"done\"}"});
  }
  SECTION("handle_call without an answer: the caller hears of it") {
    does.call = [](process&, const term&, const from&) -> call_result {
      return stop(runtime::reason::normal);
    };
    setup run(does);
    run.request(run.subject, 1);
    CHECK(does.seen == lines{"init", "call 1", "terminate normal"});
    CHECK(run.downs == lines{"normal"});
    CHECK(run.answers == lines{"an error"});
  }
  SECTION("handle_call with an answer") {
    does.call = [](process&, const term&, const from&) {
      return stop_reply(runtime::reason::normal, "bye");
    };
    setup run(does);
    run.request(run.subject, 1);
    CHECK(does.seen == lines{"init", "call 1", "terminate normal"});
    CHECK(run.downs == lines{"normal"});
    CHECK(run.answers == lines{"bye"});
  }
  SECTION("handle_call with an answer: the caller hears of it after terminate") {
    does.call = [](process&, const term&, const from&) {
      return stop_reply(runtime::reason::normal, "bye");
    };
    setup* running = nullptr;
    lines answers_before;
    does.terminate = [&] {
      running->node.step();
      answers_before = running->answers;
    };
    setup run(does);
    running = &run;
    run.request(run.subject, 1);
    CHECK(answers_before.empty());
    CHECK(run.answers == lines{"bye"});
  }
}

TEST_CASE("an exit from within a callback is a stop with that reason") {
  script does;
  does.info = [](process&) -> server_result { process::exit(runtime::reason::of(9)); };
  setup run(does);
  runtime::send(run.subject, 1);
  run.node.run_until_idle();
  CHECK(does.seen == lines{"init", "info 1", "terminate 9"});
  CHECK(run.downs == lines{"9"});
  CHECK(run.node.log_lines().empty());
}

TEST_CASE("an exception in a callback runs terminate once, ends the server and is logged "
          "once") {
  script does;
  SECTION("handle_cast") {
    does.cast = [](process&) -> server_result { throw std::runtime_error("boom"); };
    setup run(does);
    runtime::cast(run.subject, 1);
    run.node.run_until_idle();
    CHECK(does.seen == lines{"init", "cast 1", "terminate error: boom"});
    CHECK(run.downs == lines{"error: boom"});
    REQUIRE(run.node.log_lines().size() == 1);
    CHECK(run.node.log_lines()[0].find("server") != std::string::npos);
    CHECK(run.node.log_lines()[0].find("error: boom") != std::string::npos);
  }
  SECTION("handle_info") {
    does.info = [](process&) -> server_result { throw std::runtime_error("boom"); };
    setup run(does);
    runtime::send(run.subject, 1);
    run.node.run_until_idle();
    CHECK(does.seen == lines{"init", "info 1", "terminate error: boom"});
    CHECK(run.downs == lines{"error: boom"});
    CHECK(run.node.log_lines().size() == 1);
  }
  SECTION("handle_call, whose caller gets an error") {
    does.call = [](process&, const term&, const from&) -> call_result {
      throw std::runtime_error("boom");
    };
    setup run(does);
    run.request(run.subject, 1);
    CHECK(does.seen == lines{"init", "call 1", "terminate error: boom"});
    CHECK(run.downs == lines{"error: boom"});
    CHECK(run.answers == lines{"an error"});
    CHECK(run.node.log_lines().size() == 1);
  }
  SECTION("something that is not a std::exception") {
    does.info = [](process&) -> server_result { throw 42; };
    setup run(does);
    runtime::send(run.subject, 1);
    run.node.run_until_idle();
    REQUIRE(does.seen.size() == 3);
    CHECK(does.seen[2] == "terminate error: an exception that is not a std::exception");
    CHECK(run.downs == lines{"error: an exception that is not a std::exception"});
    CHECK(run.node.log_lines().size() == 1);
  }
}

TEST_CASE("a server that does not come up ends without terminate") {
  script does;
  SECTION("init throws") {
    does.init = [](process&) -> server_result { throw std::runtime_error("no disk"); };
    setup run(does);
    CHECK(does.seen == lines{"init"});
    REQUIRE(run.node.log_lines().size() == 1);
    CHECK(run.node.log_lines()[0].find("error: no disk") != std::string::npos);
  }
  SECTION("init stops") {
    does.init = [](process&) { return stop(runtime::reason::shutdown); };
    setup run(does);
    CHECK(does.seen == lines{"init"});
    CHECK(run.node.log_lines().empty());
  }
}

TEST_CASE("an exception in terminate is not followed by another terminate") {
  script does;
  does.info = [](process&) { return stop(runtime::reason::normal); };
  does.terminate = [] { throw std::runtime_error("in terminate"); };
  setup run(does);
  runtime::send(run.subject, 1);
  run.node.run_until_idle();
  CHECK(does.seen == lines{"init", "info 1", "terminate normal"});
  CHECK(run.downs == lines{"error: in terminate"});
  CHECK(run.node.log_lines().size() == 1);
}

TEST_CASE("an untrapped exit signal ends a server without any callback") {
  script does;
  setup run(does);
  run.node.node().exit(run.subject, runtime::reason::of("go"));
  run.node.run_until_idle();
  CHECK(does.seen == lines{"init"});
  CHECK(run.downs == lines{"\"go\""});
}

TEST_CASE("a trapped exit signal of another process goes to handle_info") {
  script does;
  does.init = [](process& self) {
    self.trap_exit(true);
    return noreply();
  };
  setup run(does);
  const pid other = run.node.spawn(
      [to = run.subject](process& self) { self.exit(to, runtime::reason::of("go")); });
  run.node.run_until_idle();
  CHECK(does.seen == lines{"init", "info exit_signal{" + to_string(other) + ", \"go\"}"});
  CHECK(run.downs.empty());
}

TEST_CASE(
    "a trapped exit signal of the parent or the node ends a server, after terminate") {
  script does;
  does.init = [](process& self) {
    self.trap_exit(true);
    return noreply();
  };
  setup run(does);
  SECTION("the node") {
    run.node.node().exit(run.subject, runtime::reason::shutdown);
    run.node.run_until_idle();
    CHECK(does.seen == lines{"init", "terminate shutdown"});
    CHECK(run.downs == lines{"shutdown"});
  }
  SECTION("the process that spawned it linked") {
    does.seen.clear();
    pid child;
    class parent final : public runtime::behaviour {
    public:
      parent(script& does, pid& child) : does_(does), child_(child) {}
      void on_start() override { child_ = self().spawn_link<server>(std::ref(does_)); }
      void on_message(term) override {
        process::exit(runtime::reason::shutdown("parent"));
      }

    private:
      script& does_;
      pid& child_;
    };
    const pid above = run.node.spawn<parent>(std::ref(does), std::ref(child));
    run.node.run_until_idle();
    runtime::send(above, 1);
    run.node.run_until_idle();
    CHECK(does.seen == lines{"init", "terminate {shutdown, \"parent\"}"});
    CHECK_FALSE(child.is_alive());
  }
  SECTION("but not the process that linked itself to it") {
    const pid other = run.node.spawn([to = run.subject](process& self) {
      self.link(to);
      process::exit(runtime::reason::shutdown);
    });
    run.node.run_until_idle();
    CHECK(does.seen
          == lines{"init", "info exit_signal{" + to_string(other) + ", shutdown}"});
  }
  SECTION("and not without trapping") {
    runtime::cast(run.subject, 1);
    does.cast = [](process& self) {
      self.trap_exit(false);
      return noreply();
    };
    run.node.run_until_idle();
    run.node.node().exit(run.subject, runtime::reason::shutdown);
    run.node.run_until_idle();
    CHECK(does.seen == lines{"init", "cast 1"});
    CHECK(run.downs == lines{"shutdown"});
  }
}

TEST_CASE("a message that nobody expects is logged with pid and value, and nothing else "
          "happens") {
  script does;
  setup run(does);
  const pid deaf = run.node.spawn<bare>();
  run.watch(deaf);
  runtime::send(deaf, "surprise");
  run.node.run_until_idle();
  REQUIRE(run.node.log_lines().size() == 1);
  CHECK(run.node.log_lines()[0].find(to_string(deaf)) != std::string::npos);
  CHECK(run.node.log_lines()[0].find("\"surprise\"") != std::string::npos);
  CHECK(run.downs.empty());
}

TEST_CASE("a request or cast to a server without that callback ends it with an error") {
  script does;
  setup run(does);
  const pid deaf = run.node.spawn<bare>();
  run.watch(deaf);
  SECTION("request") {
    run.request(deaf, 17);
    CHECK(run.answers == lines{"an error"});
    REQUIRE(run.downs.size() == 1);
    CHECK(run.downs[0].find("handle_call") != std::string::npos);
    CHECK(run.downs[0].find("17") != std::string::npos);
  }
  SECTION("cast") {
    runtime::cast(deaf, 17);
    run.node.run_until_idle();
    REQUIRE(run.downs.size() == 1);
    CHECK(run.downs[0].find("handle_cast") != std::string::npos);
  }
  CHECK_FALSE(deaf.is_alive());
}
