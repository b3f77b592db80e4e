// Exit reasons: how they print, and which are equal.
#include "websock/runtime/term/exit_reason.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

namespace runtime = websock::runtime;

using runtime::exit_reason;

namespace {

/// One reason of each sort; no two of them are equal.
std::vector<exit_reason> all_reasons() {
  return {runtime::reason::normal,
          runtime::reason::shutdown,
          runtime::reason::shutdown("restart"),
          runtime::reason::shutdown("disconnected"),
          runtime::reason::shutdown(1),
          runtime::reason::kill,
          runtime::reason::killed,
          runtime::reason::noproc,
          runtime::reason::noconnection,
          runtime::reason::timeout,
          runtime::reason::error("boom"),
          runtime::reason::error("bang"),
          runtime::reason::of("boom"),
          runtime::reason::of(7)};
}

} // namespace

TEST_CASE("a reason that nobody gave is normal") {
  CHECK(exit_reason() == exit_reason(runtime::reason::normal));
  CHECK(exit_reason().is_normal());
}

TEST_CASE("each sort of exit reason prints as Erlang does") {
  std::vector<std::string> shown;
  for (const auto& each : all_reasons())
    shown.push_back(to_string(each));
  CHECK(shown
        == std::vector<std::string>{"normal", "shutdown", R"({shutdown, "restart"})",
                                    R"({shutdown, "disconnected"})", "{shutdown, 1}",
                                    "kill", "killed", "noproc", "noconnection", "timeout",
                                    "error: boom", "error: bang", R"("boom")", "7"});
}

TEST_CASE("exit reasons are equal when sort and detail are") {
  const auto reasons = all_reasons();
  const auto again = all_reasons();
  for (std::size_t a = 0; a < reasons.size(); ++a)
    for (std::size_t b = 0; b < reasons.size(); ++b) {
      CAPTURE(to_string(reasons[a]), to_string(again[b]));
      CHECK((reasons[a] == again[b]) == (a == b));
    }
}

TEST_CASE("shutdown with a detail is a shutdown but not the bare one") {
  CHECK(exit_reason(runtime::reason::shutdown) == runtime::reason::shutdown);
  CHECK_FALSE(runtime::reason::shutdown("x") == runtime::reason::shutdown);
  CHECK(runtime::reason::shutdown("x").is_shutdown());
  CHECK(runtime::reason::shutdown("x").detail().get<std::string>() == "x");
  CHECK_FALSE(exit_reason(runtime::reason::shutdown).detail());
}

TEST_CASE("all but normal and the shutdowns are abnormal") {
  for (const auto& each : all_reasons()) {
    CAPTURE(to_string(each));
    const bool orderly =
        to_string(each) == "normal" || each.what() == exit_reason::kind::shutdown;
    CHECK(each.is_abnormal() == !orderly);
    CHECK(each.is_normal() == (each == exit_reason(runtime::reason::normal)));
    CHECK(each.is_shutdown() == (each.what() == exit_reason::kind::shutdown));
  }
}

TEST_CASE("an error keeps the text of its exception") {
  const auto why = runtime::reason::error("boom");
  CHECK(why.what() == exit_reason::kind::error);
  CHECK(why.detail().get<std::string>() == "boom");
}

TEST_CASE("a reason keeps the value it was made of") {
  struct disk_full {
    int left = 0;
  };
  const auto why = runtime::reason::of(disk_full{3});
  CHECK(why.what() == exit_reason::kind::term);
  CHECK(why.detail().get<disk_full>().left == 3);
}
