// Recorded scenarios: `terminate` throws; and the state it finds after an exception.
#include "websock/connection/connection.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <functional>
#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

struct ball {};

/// The log has one line about `connection`, with this end.
void check_logged(stage& on, const observed& connection, const std::string& what) {
  REQUIRE(on.node.log_lines().size() == 1);
  CHECK(on.node.log_lines()[0]
        == "connection " + to_string(connection.pid())
               + " (websock::testing::scripted) raised in " + what);
}

/// The client closes, and `terminate` does `what`: the answer goes out, nothing is called
/// again, and the process ends with the reason of what came last.
void check_terminate(const std::function<void()>& what, const std::string& reason,
                     bool is_logged) {
  stage on;
  script todo;
  todo.terminate = what;
  observed c(on, todo);
  c.peer.close(1000);
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "terminate {remote, 1000}", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1000"});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == reason);
  if (is_logged)
    check_logged(on, c, "terminate: " + reason);
  else
    CHECK(on.node.log_lines().empty());
}

} // namespace

TEST_CASE("terminate: an exception is logged, and the exit reason [13]",
          "[crash-terminate-raise]") {
  check_terminate([] { throw std::runtime_error("boom"); }, "error: boom", true);
}

TEST_CASE("terminate: an exception of another type is, too [13]",
          "[crash-terminate-erlang-error]") {
  check_terminate([] { throw std::out_of_range("badthing"); }, "error: badthing", true);
}

TEST_CASE("terminate: what is no exception is, too [13]", "[crash-terminate-throw]") {
  check_terminate([] { throw ball{}; },
                  "error: an exception that is not a std::exception", true);
}

TEST_CASE("terminate: a result that is thrown is no result [13]",
          "[crash-terminate-throw-ok-tuple]") {
  check_terminate([] { throw websock::push(websock::text("thrown")); },
                  "error: an exception that is not a std::exception", true);
}

TEST_CASE("terminate: exit(normal) is the exit reason, and not logged [13]",
          "[crash-terminate-exit-normal]") {
  check_terminate([] { process::exit(runtime::reason::normal); }, "normal", false);
}

TEST_CASE("terminate: exit(shutdown) is the exit reason, and not logged [13]",
          "[crash-terminate-exit-shutdown]") {
  check_terminate([] { process::exit(runtime::reason::shutdown); }, "shutdown", false);
}

TEST_CASE("an exception in terminate after one in a callback: both are logged, the "
          "second is the exit reason [13]",
          "[crash-raise-in-terminate-after-raise]") {
  stage on;
  script todo;
  todo.handle_in = [](websock::message_view) -> websock::handle_result {
    throw std::runtime_error("first");
  };
  todo.terminate = [] { throw std::runtime_error("second"); };
  observed c(on, todo);
  c.peer.text("x");
  on.node.run_until_idle();
  CHECK(c.callbacks()
        == lines{"init", "in x", "terminate {error, error: first}", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1011"});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "error: second");
  REQUIRE(on.node.log_lines().size() == 2);
  CHECK(on.node.log_lines()[0].ends_with("raised in handle_in: error: first"));
  CHECK(on.node.log_lines()[1].ends_with("raised in terminate: error: second"));
}

TEST_CASE("an exception in terminate after a stop ends the process without the peer "
          "[13]") {
  stage on;
  script todo;
  todo.handle_in = [](websock::message_view) {
    return websock::stop(runtime::reason::normal);
  };
  todo.terminate = [] { throw std::runtime_error("boom"); };
  observed c(on, todo);
  c.peer.text("x");
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "in x", "terminate normal", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1000"});
  CHECK(c.end() == "error: boom");
  check_logged(on, c, "terminate: error: boom");
}

TEST_CASE("an exception in terminate when the peer is gone or takes nothing is the exit "
          "reason [13]") {
  stage on;
  script todo;
  todo.terminate = [] { throw std::runtime_error("boom"); };
  observed c(on, todo, {.send_timeout = 5s});
  if (GENERATE(true, false)) {
    c.peer.disconnect();
    on.node.run_until_idle();
    CHECK(c.callbacks().at(1) == "terminate {error, error: closed}");
  } else {
    c.peer.take_only(0);
    c.peer.text("x");
    on.me.sleep(5s);
    CHECK(c.callbacks().at(2) == "terminate {error, timeout}");
  }
  CHECK(c.end() == "error: boom");
  CHECK(c.peer.received().empty());
  check_logged(on, c, "terminate: error: boom");
}

namespace {

/// Commits a state for "a" and throws for anything else; terminate shows the state.
struct counted {
  script todo;
  std::string state = "s0";
  std::string last;
  counted() {
    todo.handle_in = [this](websock::message_view in) {
      if (in.text() != "a")
        throw std::runtime_error("boom");
      state = "s1";
      return websock::ok();
    };
    todo.terminate = [this] { last = state; };
  }
};

void check_state(stage& on, observed& c, const counted& handler) {
  CHECK(handler.last == "s1");
  CHECK(c.callbacks()
        == lines{"init", "in a", "in b", "terminate {error, error: boom}", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1011"});
  CHECK(c.end() == "error: boom");
  check_logged(on, c, "handle_in: error: boom");
}

} // namespace

TEST_CASE("terminate finds the state of the last callback that returned [3]",
          "[crash-state-rollback]") {
  stage on;
  counted handler;
  observed c(on, handler.todo);
  c.peer.text("a");
  on.node.run_until_idle();
  c.peer.text("b");
  on.node.run_until_idle();
  check_state(on, c, handler);
}

TEST_CASE("so it does when both frames came in one read [3]",
          "[crash-two-frames-one-packet-state]") {
  stage on;
  counted handler;
  observed c(on, handler.todo);
  c.peer.text("a");
  c.peer.text("b");
  on.node.run_until_idle();
  check_state(on, c, handler);
}
