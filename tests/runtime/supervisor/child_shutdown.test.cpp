// Shutting down children: what comes next, and what happens to messages meanwhile.
#include "websock/runtime/supervisor/child_shutdown.hpp"

#include "tests/catch.hpp"
#include "tests/support/supervised.hpp"

namespace runtime = websock::runtime;

using namespace supervised;

namespace {

struct start_children {
  std::vector<runtime::child_spec> specs;
};
struct stop_children {};

/// Starts children and stops all of them at once, and tells what it handles and when.
class keeper final : public runtime::behaviour {
public:
  explicit keeper(pid told) : told_(std::move(told)) {}

private:
  void on_start() override { self().trap_exit(true); }
  void on_message(runtime::term message) override {
    if (!shutdown_.take(self(), message))
      handle(message);
    while (const auto kept = shutdown_.next())
      handle(*kept);
  }
  void handle(const runtime::term& message) {
    message.match(
        [&](const start_children& each) {
          specs_ = each.specs;
          for (const auto& spec : specs_)
            pids_.push_back(runtime::detail::start_child(spec, self()).process);
        },
        [&](stop_children) {
          for (std::size_t i = 0; i < pids_.size(); ++i)
            shutdown_.begin(self(), pids_[i], specs_[i]);
          pids_.clear();
          shutdown_.then([this] { tell("all gone"); });
        },
        [&](const std::string& text) { tell("handled " + text); },
        [&](const runtime::exit_signal& signal) {
          tell("handled EXIT " + to_string(signal.reason));
        });
  }
  void tell(std::string line) { self().send(told_, std::move(line)); }

  const pid told_;
  std::vector<runtime::child_spec> specs_;
  std::vector<pid> pids_;
  runtime::detail::child_shutdown shutdown_;
};

struct fixture {
  pid keeper_of(std::vector<runtime::child_spec> specs) {
    const auto subject = node.spawn<keeper>(me.pid());
    runtime::send(subject, start_children{std::move(specs)});
    static_cast<void>(events(me));
    return subject;
  }

  stepped_node node{GENERATE(1U, 2U, 3U)};
  tester me{node};
};

} // namespace

TEST_CASE("without a child the step that follows runs at once") {
  fixture f;
  const auto subject = f.keeper_of({});
  runtime::send(subject, stop_children{});
  CHECK(events(f.me) == lines{"all gone"});
}

TEST_CASE("messages wait in order while a child stops") {
  fixture f;
  const auto subject = f.keeper_of({slow_ch("A", f.me, 100ms)});
  runtime::send(subject, stop_children{});
  runtime::send(subject, std::string("1"));
  runtime::send(subject, std::string("2"));
  CHECK(events(f.me, 50ms).empty());
  CHECK(events(f.me, 100ms)
        == lines{"terminate A shutdown", "all gone", "handled 1", "handled 2"});
}

TEST_CASE("the step runs once, when the last of several children is gone") {
  fixture f;
  const auto subject =
      f.keeper_of({slow_ch("A", f.me, 100ms), slow_ch("B", f.me, 200ms)});
  runtime::send(subject, stop_children{});
  CHECK(events(f.me, 150ms) == lines{"terminate A shutdown"});
  CHECK(events(f.me, 100ms) == lines{"terminate B shutdown", "all gone"});
}

TEST_CASE("a child that does not stop is killed when its time is up, and reported") {
  fixture f;
  const auto subject =
      f.keeper_of({slow_ch("A", f.me, runtime::infinity, {.shutdown = 100ms})});
  runtime::send(subject, stop_children{});
  CHECK(events(f.me, 90ms).empty());
  CHECK(events(f.me, 20ms) == lines{"all gone"});
  CHECK(reports(f.node, "shutdown_error") == 1);
}

TEST_CASE("a brutal kill gives no time, and is in order") {
  fixture f;
  const auto subject =
      f.keeper_of({slow_ch("A", f.me, 100ms, {.shutdown = runtime::brutal_kill})});
  runtime::send(subject, stop_children{});
  CHECK(events(f.me, 10ms) == lines{"all gone"});
  CHECK(reports(f.node, "shutdown_error") == 0);
}

TEST_CASE("the exit of a process that is not stopped waits like any message") {
  fixture f;
  const auto subject = f.keeper_of({slow_ch("A", f.me, 100ms)});
  runtime::send(subject, stop_children{});
  f.node.node().exit(subject, named("other"));
  CHECK(events(f.me, 50ms).empty());
  CHECK(events(f.me, 100ms)
        == lines{"terminate A shutdown", "all gone", "handled EXIT other"});
}
