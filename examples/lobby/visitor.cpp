// A visitor.
#include "examples/lobby/visitor.hpp"

#include "websock/runtime/call_failed.hpp"
#include "websock/runtime/process.hpp"
#include "websock/utf8.hpp"

#include "examples/lobby/frames.hpp"
#include "examples/lobby/words.hpp"

#include <algorithm>

namespace lobby {

namespace {

[[nodiscard]] websock::handle_result say(const json& frame) {
  return websock::push(websock::text(frame.dump()));
}

[[nodiscard]] std::string word_for(const websock::runtime::exit_reason& why) {
  switch (why.what()) {
  case websock::runtime::exit_reason::kind::timeout:
    return "timeout";
  case websock::runtime::exit_reason::kind::noproc:
    return "noproc";
  default:
    return "crash";
  }
}

[[nodiscard]] websock::handle_result refuse(const char* why) {
  return websock::stop(websock::runtime::reason::normal, {1008, why});
}

} // namespace

bool is_name(std::string_view text) {
  const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  return characters > 0 && characters <= 24 && text.find_first_not_of(' ') != text.npos
         && std::none_of(text.begin(), text.end(), [](char c) {
              return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
            });
}

bool is_key(std::string_view text) {
  return text.size() == 32
         && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

websock::handle_result visitor::init() {
  if (visitors_.register_key(self(), key_).already_registered)
    return refuse("this key is taken");
  return say({{"type", "hello"},
              {"pid", to_string(self().pid())},
              {"patience", patience_.count()}});
}

// While it waits, frames stay in the kernel and messages stay in the mailbox. An exit
// signal still ends the process; the coroutine is then not resumed.
websock::handle_result visitor::handle_in(websock::message_view in) {
  const auto asked = json::parse(in.text(), nullptr, false);
  if (!asked.is_object())
    co_return refuse("a JSON object, please");
  const auto type = text_of(asked, "type");
  if (type == "knock")
    co_return say({{"type", "knocked"}, {"number", number_of(asked, "number")}});
  const find_account wanted{text_of(asked, "name")};
  if (type != "join" || !is_name(wanted.name))
    co_return refuse("a name, please: 1 to 24 characters");
  const auto database = self().whereis(accounts_name);
  json answer;
  try {
    const auto found = co_await self().call<account>(database, patience_, wanted);
    answer = {{"type", "joined"}, {"name", found.name}, {"visits", found.visits}};
  } catch (const websock::runtime::call_failed& failed) {
    answer = {{"type", "failed"},
              {"why", word_for(failed.reason())},
              {"reason", to_string(failed.reason())}};
  }
  co_return say(answer);
}

} // namespace lobby
