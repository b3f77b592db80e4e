// A process that runs what the test sends it, and reports what it receives.
#pragma once

#include "websock/runtime/process/process.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/support/any_schedule.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace tests {

using runtime::pid;
using runtime::process;
using runtime::testing::stepped_node;
using runtime::testing::tester;
using lines = std::vector<std::string>;
using body = std::function<void(runtime::process&)>;

/// The message that `tell` sends.
struct task {
  body run;
};

/// A message that a puppet received, as text.
struct seen {
  std::string text;
};

/// Runs `first`, then each task it receives; reports every other message as `seen` to
/// `reports_to`.
class puppet final : public runtime::behaviour {
public:
  explicit puppet(body first = {}, runtime::pid reports_to = {})
      : first_(std::move(first)), reports_to_(std::move(reports_to)) {}

private:
  void on_start() override {
    if (first_)
      first_(self());
  }
  void on_message(runtime::term message) override {
    if (const auto* todo = message.get_if<task>())
      todo->run(self());
    else
      runtime::send(reports_to_, seen{to_string(message)});
  }

  const body first_;
  const runtime::pid reports_to_;
};

inline void tell(const runtime::pid& who, body todo) {
  runtime::send(who, task{std::move(todo)});
}

/// The reports that `me` receives within `limit`, in order.
[[nodiscard]] inline lines reports(runtime::testing::tester& me,
                                   runtime::duration limit) {
  lines found;
  me.sleep(limit);
  while (const auto each = me.receive(runtime::duration::zero(),
                                      [](const seen& report) { return report.text; }))
    found.push_back(*each);
  return found;
}

/// The reason in the next `down` within `limit`; "alive" if there is none.
[[nodiscard]] inline std::string reason_of_down(runtime::testing::tester& me,
                                                runtime::duration limit) {
  const auto why =
      me.receive(limit, [](const runtime::down& gone) { return to_string(gone.reason); });
  return why.value_or("alive");
}

/// Whether `work`, run in the process of `me`, throws an `Exception`.
template <class Exception, class F>
[[nodiscard]] bool raises(runtime::testing::tester& me, F work) {
  try {
    me.in_process(std::move(work));
  } catch (const Exception&) {
    return true;
  }
  return false;
}

} // namespace tests
