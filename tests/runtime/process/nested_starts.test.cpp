// Starts that wait for their result: nested, and under parents that trap exits or do not.
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::server_result;

namespace {

/// Ends in init with its reason.
class failing final : public runtime::gen_server {
public:
  explicit failing(runtime::exit_reason why) : why_(std::move(why)) {}

private:
  server_result init() override { return runtime::stop(why_); }
  const runtime::exit_reason why_;
};

/// Says that it does not want to start.
class declining final : public runtime::gen_server {
  server_result init() override { return runtime::ignore(); }
};

/// Starts the next one in its init, `left` deep.
class nested final : public runtime::gen_server {
public:
  nested(int left, int& reached) : left_(left), reached_(reached) {}

private:
  server_result init() override {
    ++reached_;
    if (left_ == 0)
      return runtime::noreply();
    const auto next = self().start_link<nested>(left_ - 1, std::ref(reached_));
    return next.is_up() ? runtime::noreply() : runtime::stop(next.failed);
  }

  const int left_;
  int& reached_;
};

} // namespace

TEST_CASE(
    "a failed start_link ends a process that does not trap exits, inside the call") {
  stepped_node node(1);
  tester me(node);
  bool went_on = false;
  const auto parent = node.spawn<puppet>();
  const auto watching = me.monitor(parent);
  static_cast<void>(watching);
  SECTION("with the reason of the start") {
    tell(parent, [&](process& self) {
      static_cast<void>(
          self.start_link<failing>(runtime::reason::of(std::string("nope"))));
      went_on = true;
    });
    CHECK(reason_of_down(me, 1s) == "\"nope\"");
    CHECK_FALSE(went_on);
  }
  SECTION("not when the reason is normal") {
    tell(parent, [&](process& self) {
      CHECK(self.start_link<declining>().is_ignored());
      CHECK_FALSE(self.start_link<failing>(runtime::reason::normal).is_up());
      went_on = true;
    });
    CHECK(reason_of_down(me, 1s) == "alive");
    CHECK(went_on);
  }
  SECTION("not when it is not linked") {
    tell(parent, [&](process& self) {
      const auto result = self.start<failing>(runtime::reason::of(std::string("nope")));
      went_on = to_string(result.failed) == "\"nope\"";
    });
    CHECK(reason_of_down(me, 1s) == "alive");
    CHECK(went_on);
  }
  SECTION("not when it traps exits: the result says it, and no message does") {
    tell(parent, [&](process& self) {
      self.trap_exit(true);
      const auto result =
          self.start_link<failing>(runtime::reason::of(std::string("nope")));
      went_on = to_string(result.failed) == "\"nope\"";
    });
    CHECK(reason_of_down(me, 1s) == "alive");
    CHECK(went_on);
  }
}

TEST_CASE("a failed start_link ends each that does not trap exits, up to who does") {
  stepped_node node(1);
  tester me(node);
  class middle final : public runtime::gen_server {
    server_result init() override {
      static_cast<void>(
          self().start_link<failing>(runtime::reason::of(std::string("nope"))));
      return runtime::noreply();
    }
  };
  const auto result =
      me.in_process([](process& self) { return self.start_link<middle>(); });
  CHECK(to_string(result.failed) == "\"nope\"");
  CHECK(me.flush(1s).empty());
}

TEST_CASE("starts are nested to a limit, beyond which they fail with an exception") {
  stepped_node node(1);
  tester me(node);
  int reached = 0;
  const auto start = [&](int depth) {
    return me.in_process(
        [&](process& self) { return self.start_link<nested>(depth, std::ref(reached)); });
  };
  CHECK(start(255).is_up());
  CHECK(reached == 256);
  reached = 0;
  const auto failed = start(20'000);
  CHECK(reached == 256);
  CHECK(to_string(failed.failed)
        == "error: start: 256 processes wait for one another's init already");
  CHECK(start(255).is_up()); // none of them counts any more
}
