// Exit reasons as CAF errors.
#include "websock/runtime/interop/caf_error.hpp"

#include "tests/catch.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <string>
#include <vector>

namespace runtime = websock::runtime;

using runtime::exit_reason;
using runtime::detail::to_error;
using runtime::detail::to_reason;

TEST_CASE("every exit reason comes back from a CAF error unchanged") {
  struct detail {
    int value = 0;
    bool operator==(const detail&) const = default;
  };
  const std::vector<exit_reason> reasons{runtime::reason::normal,
                                         runtime::reason::shutdown,
                                         runtime::reason::shutdown("restart"),
                                         runtime::reason::shutdown(1),
                                         runtime::reason::kill,
                                         runtime::reason::killed,
                                         runtime::reason::noproc,
                                         runtime::reason::noconnection,
                                         runtime::reason::timeout,
                                         runtime::reason::error("boom"),
                                         runtime::reason::of("text"),
                                         runtime::reason::of(7),
                                         runtime::reason::of(detail{3})};
  for (const auto& each : reasons) {
    CAPTURE(to_string(each));
    CHECK(to_reason(to_error(each)) == each);
  }
}

TEST_CASE("CAF sees the reasons that it has words for in its own") {
  CHECK(to_error(runtime::reason::normal) == caf::exit_reason::normal);
  CHECK_FALSE(to_error(runtime::reason::normal));
  CHECK(to_error(runtime::reason::shutdown) == caf::exit_reason::user_shutdown);
  CHECK(to_error(runtime::reason::kill) == caf::exit_reason::kill);
  CHECK(to_error(runtime::reason::noconnection)
        == caf::exit_reason::remote_link_unreachable);
}

TEST_CASE("a reason that CAF has no word for is an error to it, and not kill") {
  for (const exit_reason& each :
       {exit_reason(runtime::reason::killed), exit_reason(runtime::reason::noproc),
        runtime::reason::error("x"), runtime::reason::of(0)}) {
    CAPTURE(to_string(each));
    CHECK(to_error(each));
    CHECK(to_error(each) != caf::exit_reason::kill);
  }
}

TEST_CASE("CAF's reasons arrive in Erlang's words, its other errors with their text") {
  CHECK(to_reason(caf::error()) == exit_reason(runtime::reason::normal));
  CHECK(to_reason(caf::exit_reason::user_shutdown) == runtime::reason::shutdown);
  CHECK(to_reason(caf::exit_reason::kill) == exit_reason(runtime::reason::kill));
  CHECK(to_reason(caf::exit_reason::remote_link_unreachable)
        == exit_reason(runtime::reason::noconnection));
  const auto why = to_reason(caf::exit_reason::unhandled_exception);
  CHECK(why.what() == exit_reason::kind::error);
  CHECK(to_string(why).find("unhandled_exception") != std::string::npos);
  CHECK(to_reason(caf::sec::request_timeout).what() == exit_reason::kind::error);
}
