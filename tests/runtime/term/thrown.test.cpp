// The text of exceptions of all kinds.
#include "websock/runtime/term/thrown.hpp"

#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/term/stopping.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"

#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace {

struct silent final : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return nullptr; }
};

class worker final : public runtime::gen_server {
  runtime::server_result handle_cast(runtime::term todo) override {
    todo.get<std::function<void()>>()();
    return runtime::noreply();
  }
};

std::string reason_of(const std::function<void()>& work) {
  try {
    work();
  } catch (...) {
    return to_string(runtime::detail::thrown_reason());
  }
  return "nothing";
}

/// How a process ends whose callback does this.
std::string end_of(std::function<void()> work) {
  runtime::testing::stepped_node node(1);
  runtime::testing::tester me(node);
  const auto who = node.spawn<worker>();
  static_cast<void>(me.monitor(who));
  runtime::cast(who, std::move(work));
  std::string end = "alive";
  me.receive(runtime::duration::zero(),
             [&](const runtime::down& gone) { end = to_string(gone.reason); });
  return end;
}

const std::vector<std::pair<std::function<void()>, std::string>> exceptions{
    {[] { throw std::runtime_error("boom"); }, "error: boom"},
    {[] { throw silent(); }, "error: an exception whose what() is null"},
    {[] { throw 42; }, "error: an exception that is not a std::exception"},
    {[] { throw static_cast<const char*>(nullptr); },
     "error: an exception that is not a std::exception"},
};

} // namespace

TEST_CASE("an exception becomes a reason with its text, if it has one") {
  for (const auto& [work, reason] : exceptions)
    CHECK(reason_of(work) == reason);
}

TEST_CASE("a request to exit becomes the reason that it asks for") {
  CHECK(
      reason_of([] { throw runtime::exit_request{runtime::reason::shutdown("enough")}; })
      == "{shutdown, \"enough\"}");
  CHECK(reason_of([] { throw runtime::signalled_exit{{runtime::reason::killed}}; })
        == "killed");
}

TEST_CASE("whatever a callback throws ends its own process") {
  for (const auto& [work, reason] : exceptions)
    CHECK(end_of(work) == reason);
}
