// Every callback with every form of result, every kind of message and every reason to
// stop. The expected results are spelled out here, following the rules in
// docs/semantics.md.
#include "websock/connection/connection.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace tests;
using websock::close_detail;
using websock::handle_result;
using websock::message;

namespace {

const std::pair<callback, std::string> callbacks[] = {
    {callback::init, "init"},     {callback::handle_in, "handle_in, text"},
    {callback::binary, "binary"}, {callback::handle_info, "handle_info"},
    {callback::ping, "ping"},     {callback::pong, "pong"},
};

struct messages {
  std::vector<message> pushed;
  lines heard;
};

[[nodiscard]] const std::vector<messages>& every_kind() {
  static const std::vector<messages> kinds = {
      {{}, {}},
      {{websock::text("t")}, {"text t"}},
      {{websock::text("")}, {"text "}},
      {{websock::binary(std::string("\0b", 2))}, {std::string("binary \0b", 9)}},
      {{websock::ping("p")}, {"ping p"}},
      {{websock::pong("q")}, {"pong q"}},
      {{websock::text("t"), websock::ping(), websock::binary(std::string("b")),
        websock::pong("q"), websock::text("t")},
       {"text t", "ping ", "binary b", "pong q", "text t"}},
  };
  return kinds;
}

struct stop_reason {
  runtime::exit_reason given;
  std::uint16_t code;
  std::string told;
  std::string exit;
};

/// Rule 8.
[[nodiscard]] const std::vector<stop_reason>& every_reason() {
  static const std::vector<stop_reason> reasons = {
      {runtime::reason::normal, 1000, "normal", "normal"},
      {runtime::reason::shutdown("restart"), 1012, "normal", "{shutdown, \"restart\"}"},
      {runtime::reason::shutdown("disconnected"), 1000, "normal",
       "{shutdown, \"disconnected\"}"},
      {runtime::reason::shutdown("other"), 1011, "{error, {shutdown, \"other\"}}",
       "{shutdown, \"other\"}"},
      {runtime::reason::shutdown, 1011, "{error, shutdown}", "shutdown"},
      {runtime::reason::timeout, 1011, "{error, timeout}", "timeout"},
      {runtime::reason::killed, 1011, "{error, killed}", "killed"},
      {runtime::reason::error("text"), 1011, "{error, error: text}", "error: text"},
      {runtime::reason::of(42), 1011, "{error, 42}", "42"},
      {runtime::reason::of(std::string("restart")), 1011, "{error, \"restart\"}",
       "\"restart\""},
  };
  return reasons;
}

struct whatever {};

} // namespace

TEST_CASE("every callback may go on with ok, push and reply [1][6]") {
  for (const auto& [which, name] : callbacks)
    for (const auto& [pushed, heard] : every_kind()) {
      INFO(name << ", " << pushed.size() << " messages");
      std::vector<answer> forms = {
          [&pushed = pushed] { return websock::push(pushed); },
          [&pushed = pushed] { return websock::reply(whatever{}, pushed); }};
      if (pushed.empty())
        forms.emplace_back([] { return websock::ok(); });
      if (pushed.size() == 1) {
        forms.emplace_back([&pushed = pushed] { return websock::push(pushed[0]); });
        forms.emplace_back(
            [&pushed = pushed] { return websock::reply(whatever{}, pushed[0]); });
      }
      for (const auto& each : forms) {
        stage on;
        asked(on, which, each).check_goes_on(answered_before(which) + heard);
      }
    }
}

TEST_CASE("every callback may stop with every reason [4][5][8]") {
  for (const auto& [which, name] : callbacks)
    for (const auto& why : every_reason()) {
      INFO(name << ", " << to_string(why.given));
      stage on;
      asked(on, which, [&] { return websock::stop(why.given); })
          .check_stops(answered_before(which)
                           + lines{"close " + std::to_string(why.code)},
                       why.code, why.told, why.exit);
    }
}

TEST_CASE("a close detail replaces the code of every reason, and nothing else [8]") {
  const std::pair<close_detail, std::string> details[] = {
      {{4001}, "close 4001"},
      {{1001, "so long"}, "close 1001 so long"},
      {{3000, std::string(123, 'z')}, "close 3000 " + std::string(123, 'z')}};
  for (const auto& [which, name] : callbacks)
    for (const auto& why : every_reason())
      for (const auto& [detail, closed] : details) {
        INFO(name << ", " << to_string(why.given) << ", " << closed);
        stage on;
        asked(on, which,
              [&, &detail = detail] { return websock::stop(why.given, detail); })
            .check_stops(answered_before(which) + lines{closed}, detail.code, why.told,
                         why.exit);
      }
}

TEST_CASE("messages of a stop precede its close frame, of every kind [8]") {
  for (const auto& [which, name] : callbacks)
    for (const auto& why : every_reason())
      for (const auto& [pushed, heard] : every_kind()) {
        INFO(name << ", " << to_string(why.given) << ", " << pushed.size()
                  << " messages");
        stage on;
        auto sent = answered_before(which) + heard;
        sent.emplace_back("close 4000 bye");
        asked(on, which, [&, &pushed = pushed] {
          return websock::stop(why.given, {4000, "bye"}, pushed);
        }).check_stops(sent, 4000, why.told, why.exit);
      }
}

TEST_CASE("every callback may throw anything: 1011 [13]") {
  const std::pair<answer, std::string> logged[] = {
      {[]() -> handle_result { throw std::runtime_error("boom"); }, "error: boom"},
      {[]() -> handle_result { throw std::bad_alloc(); }, "error: std::bad_alloc"},
      {[]() -> handle_result { throw 42; },
       "error: an exception that is not a std::exception"},
      {[]() -> handle_result { process::exit(runtime::reason::of(7)); }, "7"},
      {[]() -> handle_result { process::exit(runtime::reason::error("x")); }, "error: x"},
      {[]() -> handle_result { process::exit(runtime::reason::kill); }, "kill"},
      {[]() -> handle_result { process::exit(runtime::reason::timeout); }, "timeout"},
  };
  const std::pair<answer, std::string> orderly[] = {
      {[]() -> handle_result { process::exit(runtime::reason::normal); }, "normal"},
      {[]() -> handle_result { process::exit(runtime::reason::shutdown); }, "shutdown"},
      {[]() -> handle_result { process::exit(runtime::reason::shutdown("restart")); },
       "{shutdown, \"restart\"}"},
  };
  for (const auto& [which, name] : callbacks) {
    for (const auto& [what, reason] : logged) {
      INFO(name << ", " << reason);
      tests::check_crashes(which, what, answered_before(which), reason);
    }
    for (const auto& [what, reason] : orderly) {
      INFO(name << ", " << reason);
      tests::check_exits(which, what, answered_before(which), reason);
    }
  }
}

TEST_CASE("every callback that answers with something malformed counts as one that threw "
          "[7]") {
  const std::string close_why = "error: stop: a close code must be 1000-1003, 1007-1014 "
                                "or 3000-4999, its body at most 123 bytes of UTF-8";
  struct row {
    answer what;
    lines sent; // before it, in the same answer
    std::string reason;
  };
  const row rows[] = {
      {[] { return websock::push(websock::text("\xC0\x80")); },
       {},
       "error: push: a text message must be UTF-8"},
      {[] {
         return websock::reply(whatever{}, {websock::text("a"), websock::text("\xFF")});
       },
       {"text a"},
       "error: push: a text message must be UTF-8"},
      {[] { return websock::push(websock::pong(std::string(126, 'x'))); },
       {},
       "error: RFC 6455 §5.5: control frame over 125 octets"},
      {[] { return websock::push(message(websock::protocol::opcode::close, "")); },
       {},
       "error: push: a message is text, binary, ping or pong"},
      {[] { return websock::push(message(websock::protocol::opcode::continuation, "")); },
       {},
       "error: push: a message is text, binary, ping or pong"},
      {[] { return websock::stop(runtime::reason::normal, {1006}); }, {}, close_why},
      {[] {
         return websock::stop(runtime::reason::normal, {1000, "\xFF"},
                              websock::text("last"));
       },
       {"text last"},
       close_why},
      {[] {
         return websock::stop(runtime::reason::normal, {4000}, websock::text("\xFF"));
       },
       {},
       "error: push: a text message must be UTF-8"},
  };
  for (const auto& [which, name] : callbacks)
    for (const auto& [what, sent, reason] : rows) {
      INFO(name << ", " << reason);
      tests::check_crashes(which, what, answered_before(which) + sent, reason);
    }
}
