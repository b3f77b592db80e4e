// What only the kernel may do to a process, a pid or a term cannot be called on one.
#include "runtime/access.hpp"

#include "runtime/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/puppet.hpp"

using runtime::exit_reason;
using runtime::pid;
using runtime::process;
using runtime::term;

namespace {

struct work {
  void operator()() const {}
};

template <class T>
concept suspends = requires(T& it) {
  it.suspend();
};
template <class T>
concept resumes = requires(T& it) {
  it.resume();
};
template <class T>
concept ends = requires(T& it, exit_reason why) {
  it.end(why);
};
template <class T>
concept is_asked_whether_idle = requires(T& it) {
  it.is_idle();
};
template <class T>
concept runs_turns = requires(T& it) {
  it.run_turn(work());
};
template <class T>
concept queues = requires(T& it, runtime::detail::signal& entry) {
  it.queue(entry);
};
template <class T>
concept shows_process = requires(T& it) {
  it.local();
};
template <class T>
concept shows_control_block = requires(T& it) {
  it.control_block();
};
template <class T>
concept lends = requires(T& it) {
  it.lend();
};
template <class T>
concept hands_on = requires(T& it) {
  it.hand_on();
};
template <class T>
concept shows_box = requires(T& it) {
  it.box();
};
template <class T>
concept adopts = requires(const runtime::detail::term_box* box) {
  T::adopt(box);
};

/// Has everything: what the concepts ask for is what they seem to.
struct open_to_all {
  void suspend();
  void resume();
  void end(exit_reason);
  void is_idle();
  void run_turn(work);
  void queue(runtime::detail::signal&);
  void local();
  void control_block();
  void lend();
  void hand_on();
  void box();
  static void adopt(const runtime::detail::term_box*);
};

template <class T>
constexpr int count_open() {
  return suspends<
             T> + resumes<T> + ends<T> + is_asked_whether_idle<T> + runs_turns<T> + queues<T> + shows_process<T> + shows_control_block<T> + lends<T> + hands_on<T> + shows_box<T> + adopts<T>;
}

} // namespace

TEST_CASE("a program cannot call what only the kernel may") {
  STATIC_REQUIRE(count_open<open_to_all>() == 12);
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
  node.node().exit(one, runtime::shutdown);
  node.run_until_idle();
  CHECK_FALSE(one.is_alive());
  CHECK_FALSE(pid().is_alive());
}
