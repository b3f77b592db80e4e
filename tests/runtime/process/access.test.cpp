// Programs cannot call the operations on processes, pids and terms that belong to the
// kernel.
#include "websock/runtime/term/access.hpp"

#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/puppet.hpp"

#include <type_traits>
#include <utility>

namespace runtime = websock::runtime;

using namespace tests;
using runtime::exit_reason;
using runtime::term;
using runtime::detail::term_box;

namespace {

struct work {
  void operator()() const {}
};

/// Has everything: what is asked for below is what it seems to be.
struct open_to_all {
  void suspend();
  void resume();
  void end(exit_reason);
  void is_idle();
  void run_turn(work);
  void queue(runtime::detail::signal&);
  void local();
  void control_block();
  void remote();
  void lend();
  void hand_on();
  void box();
  static void adopt(const term_box*);
};

/// How many of `uses` compile with a `T`.
template <class T, class... Uses>
constexpr int count_compiling(Uses... /*uses*/) {
  return (0 + ... + (std::is_invocable_v<Uses, T&> ? 1 : 0));
}

template <class T>
constexpr int count_open() {
  using std::declval;
  return count_compiling<T>(
      [](auto& it) -> decltype(void(it.suspend())) {},
      [](auto& it) -> decltype(void(it.resume())) {},
      [](auto& it) -> decltype(void(it.end(declval<exit_reason>()))) {},
      [](auto& it) -> decltype(void(it.is_idle())) {},
      [](auto& it) -> decltype(void(it.run_turn(work()))) {},
      [](auto& it) -> decltype(void(it.queue(declval<runtime::detail::signal&>()))) {},
      [](auto& it) -> decltype(void(it.local())) {},
      [](auto& it) -> decltype(void(it.control_block())) {},
      [](auto& it) -> decltype(void(it.remote())) {},
      [](auto& it) -> decltype(void(it.lend())) {},
      [](auto& it) -> decltype(void(it.hand_on())) {},
      [](auto& it) -> decltype(void(it.box())) {},
      [](auto& it) -> decltype(void(it.adopt(declval<const term_box*>()))) {});
}

} // namespace

TEST_CASE("a program cannot call what only the kernel may") {
  STATIC_REQUIRE(count_open<open_to_all>() == 13);
  STATIC_REQUIRE(count_open<process>() == 0);
  STATIC_REQUIRE(count_open<pid>() == 0);
  STATIC_REQUIRE(count_open<term>() == 0);
}

TEST_CASE("a pid tells whether its process lives") {
  runtime::testing::stepped_node node(1);
  const pid one = node.spawn<tests::puppet>();
  CHECK(one.is_alive());
  node.run_until_idle();
  CHECK(one.is_alive());
  node.node().exit(one, runtime::reason::shutdown);
  node.run_until_idle();
  CHECK_FALSE(one.is_alive());
  CHECK_FALSE(pid().is_alive());
}
