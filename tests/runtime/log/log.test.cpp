// The default log sink, and what happens when a sink fails.
#include "websock/runtime/log/log.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/own_program.hpp"

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;

namespace {

/// What goes to standard error while `write` runs.
template <class Write>
std::string captured(Write write) {
  const tests::memory_file there;
  const int before = ::dup(STDERR_FILENO);
  ::dup2(there.get(), STDERR_FILENO);
  write();
  CHECK(runtime::flush_log(10s));
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  return there.text();
}

std::string logged(std::string_view line) {
  return captured([&] { runtime::log_to_stderr(runtime::log_level::warning, line); });
}

class thrower final : public runtime::behaviour {
  void on_message(runtime::term) override { throw std::runtime_error("boom"); }
};

} // namespace

TEST_CASE("a line of the log is its level, the text and one end of line") {
  CHECK(logged("caf\xC3\xA9 is closed") == "warning: caf\xC3\xA9 is closed\n");
}

TEST_CASE("control characters in the log are made visible: nobody writes a second line") {
  CHECK(logged("a\nerror: forged\r\t\x1b[2J\x7F")
        == "warning: a\\x0aerror: forged\\x0d\\x09\\x1b[2J\\x7f\n");
  CHECK(logged(std::string_view("a\0b", 3)) == "warning: a\\x00b\n");
}

// Run by the next one, in a program of its own.
TEST_CASE("last words", "[.]") {
  if (!tests::is_alone())
    return;
  for (std::size_t i = 1; i <= 40; ++i) // more than is written meanwhile
    runtime::log_to_stderr(runtime::log_level::error, std::string(i, 'x') + ": line");
  runtime::log_to_stderr(runtime::log_level::error, "the last line");
  std::exit(0); // NOLINT(concurrency-mt-unsafe)
}

TEST_CASE("the last line of a program is written before it ends") {
  const auto [status, log] = tests::run_alone("last words");
  CHECK(status == 0);
  CHECK(log.starts_with("error: x: line\n"));
  CHECK(log.ends_with("error: the last line\n"));
}

// Run by the next one, in a program of its own.
TEST_CASE("asks for the log without memory", "[.]") {
  if (!tests::is_alone())
    return;
  bool is_flushed = false;
  std::uint64_t dropped = 1;
  {
    const tests::failing_allocations all(0, 1'000'000);
    is_flushed = runtime::flush_log();
    dropped = runtime::log_lines_dropped();
    runtime::log_to_stderr(runtime::log_level::error, "a line without memory");
  }
  CHECK(is_flushed);
  CHECK(dropped == 0);
  runtime::log_to_stderr(runtime::log_level::error, "a line");
}

TEST_CASE("the log can be flushed and asked before its first line, without memory") {
  const auto [status, log] = tests::run_alone("asks for the log without memory");
  CHECK(status == 0);
  CHECK_FALSE(log.starts_with("terminate"));
}

TEST_CASE("a sink that throws is counted, and ends no process but the one that crashed") {
  runtime::node node{
      {.shards = 1, .pool_threads = 1, .log = [](runtime::log_level, std::string_view) {
         throw std::runtime_error("the disk is full");
       }}};
  runtime::thread_process me(node);
  const auto who = node.spawn<thrower>();
  static_cast<void>(me.monitor(who));
  runtime::send(who, 1);
  CHECK(me.receive(10s, [](const runtime::down& gone) { return to_string(gone.reason); })
        == "error: boom");
  CHECK(node.log_failures() == 1);
  CHECK(me.in_process([](runtime::process&) { return 1; }) == 1);
}
