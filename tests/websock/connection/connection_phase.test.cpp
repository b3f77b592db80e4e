// The phases of a connection: what each of them accepts, and which one follows. The
// numbers in the titles refer to the rules in docs/semantics.md.
#include "websock/connection/connection_phase.hpp"

#include "tests/catch.hpp"

#include <vector>

using websock::detail::accepts;
using websock::detail::connection_phase;
using websock::detail::connection_step;
using websock::detail::connection_stimulus;
using websock::detail::is_over;
using websock::detail::is_up;
using websock::detail::next;

namespace {

constexpr connection_stimulus from_peer_or_clock[] = {
    connection_stimulus::close_frame, connection_stimulus::violation,
    connection_stimulus::end_of_stream, connection_stimulus::send_timeout,
    connection_stimulus::deadline};
constexpr connection_stimulus from_elsewhere[] = {
    connection_stimulus::message, connection_stimulus::shutdown,
    connection_stimulus::overload, connection_stimulus::kill};

[[nodiscard]] connection_phase after(const std::vector<connection_step>& all) {
  auto now = connection_phase::starting;
  for (const auto each : all)
    now = next(now, each);
  return now;
}

} // namespace

TEST_CASE("while nothing has ended it a connection takes everything") {
  for (const auto now : {connection_phase::starting, connection_phase::open}) {
    CHECK(is_up(now));
    CHECK_FALSE(is_over(now));
    for (const auto what : from_peer_or_clock)
      CHECK(accepts(now, what));
    for (const auto what : from_elsewhere)
      CHECK(accepts(now, what));
  }
}

TEST_CASE("a closing connection waits for its peer or its deadline only [4]") {
  constexpr auto now = connection_phase::closing;
  CHECK_FALSE(is_up(now));
  CHECK_FALSE(is_over(now));
  for (const auto what : from_peer_or_clock)
    CHECK(accepts(now, what));
  for (const auto what : from_elsewhere)
    CHECK_FALSE(accepts(now, what));
}

TEST_CASE("a connection that is over takes nothing") {
  for (const auto now : {connection_phase::leaving, connection_phase::killed}) {
    CHECK_FALSE(is_up(now));
    CHECK(is_over(now));
    for (const auto what : from_peer_or_clock)
      CHECK_FALSE(accepts(now, what));
    for (const auto what : from_elsewhere)
      CHECK_FALSE(accepts(now, what));
  }
}

TEST_CASE("a connection comes up, closes and leaves") {
  using enum connection_step;
  CHECK(after({}) == connection_phase::starting);
  CHECK(after({come_up}) == connection_phase::open);
  CHECK(after({come_up, end}) == connection_phase::closing);
  CHECK(after({come_up, end, leave}) == connection_phase::leaving);
  CHECK(after({come_up, leave}) == connection_phase::leaving);
  CHECK(after({leave}) == connection_phase::leaving);
  CHECK(after({kill}) == connection_phase::killed);
  CHECK(after({come_up, kill}) == connection_phase::killed);
}

TEST_CASE("an init that fails leaves nothing to terminate [13]") {
  using enum connection_step;
  CHECK(after({fail_to_come}) == connection_phase::starting);
  CHECK(after({come_up, fail_to_come}) == connection_phase::starting);
  CHECK(after({come_up, end, fail_to_come}) == connection_phase::closing);
}

TEST_CASE("an exit signal within terminate lets kill send the close frame [16]") {
  using enum connection_step;
  CHECK(after({come_up, end, interrupt}) == connection_phase::open);
  CHECK(after({come_up, end, interrupt, kill}) == connection_phase::killed);
}
