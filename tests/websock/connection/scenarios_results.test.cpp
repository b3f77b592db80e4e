// Recorded scenarios: the forms of a callback's result. A row is a form, a column a
// callback; a column's tags are the ids of its cells.
#include "websock/handler/handle_result.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace runtime = websock::runtime;

using namespace tests;
using websock::binary;
using websock::message;
using websock::ok;
using websock::ping;
using websock::pong;
using websock::push;
using websock::reply;
using websock::share;
using websock::stop;
using websock::text;

namespace {

struct goes_on {};
/// Closes with `code`; `terminate` is told `told`, and monitors see `exit`.
struct stops {
  std::uint16_t code;
  std::string told;
  std::string exit;
};
struct crashes {
  std::string reason;
};

struct form {
  std::string name; // in the ids: ret-CALLBACK-NAME
  std::string title;
  answer what;
  lines frames; // that it sends, the last of which is the close frame of a stop
  std::variant<goes_on, stops, crashes> then = goes_on{};
};

const auto boom = runtime::reason::of(std::string("boom"));
struct whatever {};

[[nodiscard]] std::vector<form> forms_that_go_on() {
  return {
      {"ok", "after ok it goes on", [] { return ok(); }, {}},
      {"push-empty-list",
       "a push of nothing sends nothing",
       [] { return push(std::vector<message>()); },
       {}},
      {"push-text",
       "one text message is sent",
       [] { return push(text("x")); },
       {"text x"}},
      {"push-binary",
       "one binary message is sent",
       [] { return push(binary(std::string("\x01\x02"))); },
       {"binary \x01\x02"}},
      {"push-ping", "a ping is sent", [] { return push(ping("p")); }, {"ping p"}},
      {"push-pong", "a pong is sent", [] { return push(pong("p")); }, {"pong p"}},
      {"push-iodata",
       "a payload that others share is sent as any other",
       [] { return push(share(text("abcd"))); },
       {"text abcd"}},
      {"push-list",
       "several messages are sent in their order",
       [] {
         return push({text("a"), binary(std::string("b")), ping("c"), text("d")});
       },
       {"text a", "binary b", "ping c", "text d"}},
      {"reply",
       "reply sends its message, without the term [6]",
       [] { return reply(whatever{}, text("r")); },
       {"text r"}},
      {"reply-list",
       "reply sends its messages in their order [6]",
       [] {
         return reply(whatever{}, {text("r1"), text("r2")});
       },
       {"text r1", "text r2"}},
  };
}

[[nodiscard]] std::vector<form> forms_that_stop_normally() {
  const stops with_own_code{4000, "normal", "normal"};
  return {
      {"stop-normal",
       "stop(normal) closes with 1000 [8]",
       [] { return stop(runtime::reason::normal); },
       {"close 1000"},
       stops{1000, "normal", "normal"}},
      {"stop-normal-code",
       "a close code of its own [8]",
       [] { return stop(runtime::reason::normal, {4000}); },
       {"close 4000"},
       with_own_code},
      {"stop-normal-code-nilbody",
       "a close code with an empty body [8]",
       [] {
         return stop(runtime::reason::normal, {4000, std::string()});
       },
       {"close 4000"},
       with_own_code},
      {"stop-normal-code-body",
       "a close code and a body [8]",
       [] {
         return stop(runtime::reason::normal, {4000, "bye"});
       },
       {"close 4000 bye"},
       with_own_code},
      {"stop-normal-code-body-msgs",
       "messages, then a close code and a body [8]",
       [] {
         return stop(runtime::reason::normal, {4000, "bye"}, std::vector{text("last")});
       },
       {"text last", "close 4000 bye"},
       with_own_code},
      {"stop-normal-code-msgs",
       "messages in their order, then a close code [8]",
       [] {
         return stop(runtime::reason::normal, {4000},
                     std::vector{text("last1"), text("last2")});
       },
       {"text last1", "text last2", "close 4000"},
       with_own_code},
      {"stop-normal-code-singlemsg",
       "one message, then a close code [8]",
       [] { return stop(runtime::reason::normal, {4000}, text("last")); },
       {"text last", "close 4000"},
       with_own_code},
  };
}

[[nodiscard]] std::vector<form> forms_that_stop_with_a_reason() {
  const stops with_own_code{4001, "{error, \"boom\"}", "\"boom\""};
  return {
      {"stop-reason",
       "stop(reason) closes with 1011, an error [8]",
       [] { return stop(boom); },
       {"close 1011"},
       stops{1011, "{error, \"boom\"}", "\"boom\""}},
      {"stop-reason-code",
       "a close code beside a reason, which is an error still [8]",
       [] { return stop(boom, {4001}); },
       {"close 4001"},
       with_own_code},
      {"stop-reason-code-body",
       "a close code and a body beside a reason [8]",
       [] {
         return stop(boom, {4001, "err"});
       },
       {"close 4001 err"},
       with_own_code},
      {"stop-reason-code-msgs",
       "messages, then a close code, beside a reason [8]",
       [] { return stop(boom, {4001}, std::vector{text("last")}); },
       {"text last", "close 4001"},
       with_own_code},
      {"stop-shutdown",
       "stop(shutdown) is a reason as any other [8]",
       [] { return stop(runtime::reason::shutdown); },
       {"close 1011"},
       stops{1011, "{error, shutdown}", "shutdown"}},
      {"stop-shutdown-disconnected",
       "{shutdown, disconnected} closes with 1000 [8]",
       [] { return stop(runtime::reason::shutdown("disconnected")); },
       {"close 1000"},
       stops{1000, "normal", "{shutdown, \"disconnected\"}"}},
      {"stop-shutdown-restart",
       "{shutdown, restart} closes with 1012 [8]",
       [] { return stop(runtime::reason::shutdown("restart")); },
       {"close 1012"},
       stops{1012, "normal", "{shutdown, \"restart\"}"}},
      {"stop-shutdown-other",
       "another {shutdown, term} closes with 1011 [8]",
       [] { return stop(runtime::reason::shutdown("other")); },
       {"close 1011"},
       stops{1011, "{error, {shutdown, \"other\"}}", "{shutdown, \"other\"}"}},
      {"stop-timeout-atom",
       "stop(timeout) is an error, no silence of the peer [8]",
       [] { return stop(runtime::reason::timeout); },
       {"close 1011"},
       stops{1011, "{error, timeout}", "timeout"}},
  };
}

[[nodiscard]] std::vector<form> malformed_forms() {
  return {
      {"invalid-return",
       "a message of no known kind counts as an exception [7]",
       [] { return push(message(websock::protocol::opcode(3), "x")); },
       {},
       crashes{"error: push: a message is text, binary, ping or pong"}},
  };
}

[[nodiscard]] const std::vector<form>& every_form() {
  static const std::vector<form> all = [] {
    std::vector<form> found;
    for (const auto& some : {forms_that_go_on(), forms_that_stop_normally(),
                             forms_that_stop_with_a_reason(), malformed_forms()})
      found.insert(found.end(), some.begin(), some.end());
    return found;
  }();
  return all;
}

void check_cell(callback which, const form& row) {
  const auto frames = tests::answered_before(which) + row.frames;
  if (const auto* end = std::get_if<stops>(&row.then))
    tests::check_stops(which, row.what, frames, end->code, end->told, end->exit);
  else if (const auto* broken = std::get_if<crashes>(&row.then))
    tests::check_crashes(which, row.what, frames, broken->reason);
  else
    tests::check_goes_on(which, row.what, frames);
}

/// Each of `ids`, which are tags, is a cell of this column.
void check_column(callback which, const std::string& column, std::string_view ids) {
  const auto& rows = every_form();
  while (!ids.empty()) {
    const std::string id(ids.substr(1, ids.find(']') - 1));
    ids.remove_prefix(id.size() + 2);
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const form& each) {
      return id == "ret-" + column + '-' + each.name;
    });
    DYNAMIC_SECTION(id) {
      REQUIRE(row != rows.end());
      INFO(column << ": " << row->title);
      check_cell(which, *row);
    }
  }
}

constexpr const char* of_init =
    "[ret-init-ok][ret-init-push-binary][ret-init-push-empty-list]"
    "[ret-init-push-iodata][ret-init-push-list][ret-init-stop-normal]"
    "[ret-init-stop-normal-code-body-msgs][ret-init-stop-normal-code-msgs]"
    "[ret-init-stop-normal-code-singlemsg][ret-init-stop-reason]"
    "[ret-init-stop-reason-code][ret-init-stop-reason-code-body]"
    "[ret-init-stop-shutdown-disconnected][ret-init-stop-shutdown-restart]"
    "[ret-init-stop-shutdown-other][ret-init-stop-timeout-atom]";

constexpr const char* of_handle_in =
    "[ret-handle_in-push-binary][ret-handle_in-push-empty-list]"
    "[ret-handle_in-push-iodata][ret-handle_in-push-ping][ret-handle_in-push-text]"
    "[ret-handle_in-reply-list][ret-handle_in-stop-normal-code]"
    "[ret-handle_in-stop-normal-code-nilbody][ret-handle_in-stop-normal-code-body]"
    "[ret-handle_in-stop-normal-code-body-msgs]"
    "[ret-handle_in-stop-normal-code-singlemsg][ret-handle_in-stop-reason-code]"
    "[ret-handle_in-stop-reason-code-body][ret-handle_in-stop-reason-code-msgs]"
    "[ret-handle_in-stop-shutdown-disconnected][ret-handle_in-stop-shutdown-restart]"
    "[ret-handle_in-stop-shutdown-other][ret-handle_in-stop-timeout-atom]";

constexpr const char* of_handle_info =
    "[ret-handle_info-push-empty-list][ret-handle_info-push-ping]"
    "[ret-handle_info-push-pong][ret-handle_info-push-text][ret-handle_info-reply]"
    "[ret-handle_info-reply-list][ret-handle_info-stop-normal]"
    "[ret-handle_info-stop-normal-code][ret-handle_info-stop-normal-code-nilbody]"
    "[ret-handle_info-stop-normal-code-body-msgs][ret-handle_info-stop-reason]"
    "[ret-handle_info-stop-reason-code][ret-handle_info-stop-reason-code-body]"
    "[ret-handle_info-stop-reason-code-msgs]"
    "[ret-handle_info-stop-shutdown-disconnected]"
    "[ret-handle_info-stop-shutdown-other][ret-handle_info-stop-timeout-atom]"
    "[ret-handle_info-invalid-return]";

constexpr const char* of_handle_control =
    "[ret-handle_control-ok][ret-handle_control-push-empty-list]"
    "[ret-handle_control-push-iodata][ret-handle_control-push-list]"
    "[ret-handle_control-push-pong][ret-handle_control-push-text]"
    "[ret-handle_control-reply][ret-handle_control-stop-normal]"
    "[ret-handle_control-stop-normal-code]"
    "[ret-handle_control-stop-normal-code-nilbody]"
    "[ret-handle_control-stop-normal-code-body-msgs]"
    "[ret-handle_control-stop-normal-code-msgs]"
    "[ret-handle_control-stop-normal-code-singlemsg]"
    "[ret-handle_control-stop-reason-code][ret-handle_control-stop-shutdown]"
    "[ret-handle_control-stop-shutdown-disconnected]"
    "[ret-handle_control-stop-shutdown-restart]"
    "[ret-handle_control-stop-timeout-atom][ret-handle_control-invalid-return]";

} // namespace

TEST_CASE("a connection goes on or ends as init answers", of_init) {
  check_column(callback::init, "init", of_init);
}

TEST_CASE("a connection goes on or ends as handle_in answers", of_handle_in) {
  check_column(callback::handle_in, "handle_in", of_handle_in);
}

TEST_CASE("a connection goes on or ends as handle_info answers", of_handle_info) {
  check_column(callback::handle_info, "handle_info", of_handle_info);
}

TEST_CASE("a connection goes on or ends as handle_control answers", of_handle_control) {
  check_column(callback::ping, "handle_control", of_handle_control);
}
