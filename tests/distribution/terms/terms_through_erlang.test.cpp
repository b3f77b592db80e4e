// Every type through a real Erlang: binary_to_term, then term_to_binary.
#include "websock/runtime/distribution/terms/register_message.hpp"
#include "websock/runtime/distribution/terms/terms.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/etf/hex.hpp"
#include "tests/distribution/support/erlang_program.hpp"
#include "tests/distribution/terms/fake_identities.hpp"

#include <chrono>
#include <limits>
#include <map>
#include <sstream>
#include <variant>

namespace runtime = websock::runtime;
namespace etf = runtime::etf;

using runtime::atom;
using runtime::term;

namespace {

struct greeting {
  std::string who;
  std::vector<int> numbers;
  std::optional<atom> mood;
  friend bool operator==(const greeting&, const greeting&) = default;
};

struct signal_only {
  friend bool operator==(const signal_only&, const signal_only&) = default;
};

struct example {
  term message;
  std::string shown; // by Erlang's ~tw
};

[[nodiscard]] std::vector<example> examples(runtime::distribution::fake_identities& ids) {
  using namespace std::chrono_literals;
  using runtime::reason::error;
  using runtime::reason::shutdown;
  return {
      {term(0), "0"},
      {term(std::uint8_t{255}), "255"},
      {term(-1), "-1"},
      {term(std::numeric_limits<std::int32_t>::min()), "-2147483648"},
      {term(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808"},
      {term(std::numeric_limits<std::int64_t>::max()), "9223372036854775807"},
      {term(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615"},
      {term(1.5), "1.5"},
      {term(2.5F), "2.5"},
      {term(true), "true"},
      {term(atom{"ok"}), "ok"},
      {term(atom{"\xc3\xbcn\xc3\xaf"}), "\xc3\xbcn\xc3\xaf"},
      {term(atom{"two words"}), "'two words'"},
      {term("text"), "<<116,101,120,116>>"},
      {term(std::vector<std::byte>{std::byte{7}}), "<<7>>"},
      {term(std::vector<int>{}), "[]"},
      {term(std::vector<int>{1, 2, 3}), "[1,2,3]"},
      {term(std::vector<int>{1, 1000}), "[1,1000]"},
      {term(std::vector<std::string>{"a"}), "[<<97>>]"},
      {term(std::map<std::string, std::int64_t>{{"a", 1}}), "#{<<97>> => 1}"},
      {term(std::optional<int>()), "undefined"},
      {term(std::optional<int>(4)), "4"},
      {term(std::monostate()), "undefined"},
      {term(2s), "2000"},
      {term(5us), "5"},
      {term(runtime::infinity), "infinity"},
      {term(ids.spawn()), ""},
      {term(runtime::reference(77)), ""},
      {term(runtime::alias{ids.spawn(), runtime::reference(78)}), ""},
      {term(runtime::exit_reason(runtime::reason::killed)), "killed"},
      {term(error("x")), "{<<120>>,[]}"},
      {term(static_cast<runtime::exit_reason>(shutdown)), "shutdown"},
      {term(shutdown(atom{"x"})), "{shutdown,x}"},
      {term(greeting{"ada", {1, 500}, atom{"glad"}}),
       "{greeting,<<97,100,97>>,[1,500],glad}"},
      {term(greeting{"", {}, {}}), "{greeting,<<>>,[],undefined}"},
      {term(signal_only()), "signal_only"},
      {term(3, "three", atom{"a"}), "{3,<<116,104,114,101,101>>,a}"},
      {term(etf::value(etf::improper_list{{1, 2}, 3})), "[1,2|3]"},
      {term(etf::value(etf::bit_string{"\x20", 3})), "<<1:3>>"},
      {term(etf::value(etf::map{{{etf::atom{"a"}, etf::list{}}}})), "#{a => []}"},
  };
}

struct erl_answer {
  std::string octets; // of term_to_binary
  std::string shown;  // by io:format("~tw")
};

/// Erlang reads and writes each term in the external format; it is no node here.
[[nodiscard]] std::vector<erl_answer> through_erl(const std::vector<std::string>& terms) {
  std::vector<std::string> command{
      "erl", "-noinput", "-eval",
      "ok = io:setopts([{encoding, unicode}]),"
      "[begin T = binary_to_term(binary:decode_hex(list_to_binary(Hex))),"
      "  io:format(\"~ts ~tw~n\", "
      "[string:lowercase(binary:encode_hex(term_to_binary(T))),"
      "   T]) end || Hex <- init:get_plain_arguments()], halt().",
      "-extra"};
  for (const auto& each : terms)
    command.push_back(tests::hexadecimal(each));
  std::istringstream output(tests::child_program(command).rest());
  std::vector<erl_answer> answers;
  for (std::string line; std::getline(output, line);) {
    const auto space = line.find(' ');
    if (space != std::string::npos)
      answers.push_back({tests::octets(line.substr(0, space)), line.substr(space + 1)});
  }
  return answers;
}

} // namespace

TEST_CASE("what Erlang has read and written again is the term that was sent") {
  runtime::register_message<greeting>("greeting", &greeting::who, &greeting::numbers,
                                      &greeting::mood);
  runtime::register_message<signal_only>("signal_only");
  if (!tests::has_erlang())
    return;
  const runtime::distribution::border nodes;
  const auto sent = examples(*nodes.ids);
  std::vector<std::string> octets;
  for (const auto& each : sent)
    octets.push_back("\x83" + nodes.octets(each.message));
  const auto answers = through_erl(octets);
  REQUIRE(answers.size() == sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto& [octets_back, shown] = answers[i];
    CAPTURE(i, to_string(sent[i].message), shown);
    if (!sent[i].shown.empty())
      CHECK(shown == sent[i].shown);
    REQUIRE(octets_back.size() > 1);
    CHECK(nodes.arrive(std::string_view(octets_back).substr(1)) == sent[i].message);
    CHECK(sent[i].message == nodes.arrive(std::string_view(octets_back).substr(1)));
  }
}
