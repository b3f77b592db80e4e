// A room as one visitor sees it.
#include "examples/chat/room.hpp"

#include "examples/chat/directory.hpp"
#include "examples/chat/names.hpp"

#include <string_view>
#include <utility>

namespace chat {

namespace runtime = websock::runtime;
using namespace std::chrono_literals;

namespace {

constexpr auto archive_limit = 5s;   // less than clients wait
constexpr auto typing_interval = 1s; // others need not know more often
constexpr const char* too_fast = "Too fast. Wait a moment.";
constexpr const char* busy = "The server is busy. Try again.";

[[nodiscard]] json because(const char* why) {
  return {{"reason", why}};
}
/// `retry`: whether the same line may do later.
[[nodiscard]] json because(const char* why, bool retry) {
  return {{"reason", why}, {"retry", retry}};
}

[[nodiscard]] std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

[[nodiscard]] json to_json(const std::vector<line>& lines) {
  json list = json::array();
  for (const auto& each : lines)
    list.push_back(to_json(each));
  return list;
}

/// Null for a line that may be said.
[[nodiscard]] const char* fault_of(const line& said) {
  if (is_blank(said.text))
    return "There was nothing in that message.";
  if (!is_line(said.text))
    return "That message is too long: 2000 characters at most.";
  return is_id(said.id) ? nullptr : "That message has no id.";
}

} // namespace

template <class Answer, class Question>
runtime::waiting<std::optional<Answer>> room::ask(Question about) {
  try {
    co_return co_await self().call<Answer>(self().whereis(archive_name), archive_limit,
                                           about);
  } catch (const runtime::call_failed&) {
  }
  co_return std::nullopt;
}

websock::join_result room::join(std::string_view topic, const payload& params) {
  name_ = topic.substr(topic_of("").size());
  if (!is_room(name_))
    co_return refuse(because("A room has 1 to 40 of a-z, 0-9, '-', '_' and space."));
  if (!who().may_join(self().now()))
    co_return refuse(because(too_fast));
  const open_room wanted{name_, who().name(), text_of(params["since"])};
  const auto found = co_await ask<opened>(wanted);
  if (!found || !found->is_open)
    co_return refuse(because(found ? "There are too many rooms." : busy));
  const auto& lines = found->said.lines;
  seen_ = lines.empty() ? 0 : lines.back().number;
  self().send(self().pid(), has_joined{});
  co_return ok(welcome(found->said));
}

json room::welcome(const excerpt& said) const {
  json answer{{"room", name_},
              {"name", who().name()},
              {"lines", to_json(said.lines)},
              {"continues", said.continues},
              {"node", house_->node},
              {"pid", to_string(self().pid())}};
  if (!house_->node.empty())
    answer["recovered"] = false; // as a topic with a history says
  return answer;
}

websock::channel_result room::handle_info(runtime::term info) {
  return info.is<has_joined>() ? enter() : noreply();
}

// What was said between the answer and the subscription has reached nobody here.
websock::channel_result room::enter() {
  house_->people->push_state(*this);
  house_->people->track(*this, who().name(),
                        {{"since", moment_now()}, {"pid", to_string(self().pid())}});
  const lines_after wanted{name_, seen_};
  const auto missed = co_await ask<std::vector<line>>(wanted);
  for (const auto& each : missed.value_or(std::vector<line>()))
    push("line", to_json(each));
  co_return noreply();
}

websock::channel_result room::handle_in(std::string_view event, const payload& in) {
  if (event == "line")
    return say(in);
  if (event == "typing")
    return type();
  return reply_error(because("There is no such event.", false));
}

websock::channel_result room::say(const payload& in) {
  say_line wanted{name_, {text_of(in["id"]), 0, who().name(), text_of(in["text"])}};
  if (const auto* fault = fault_of(wanted.said))
    co_return reply_error(because(fault, false));
  if (!who().may_speak(self().now()))
    co_return reply_error(because(too_fast, true));
  const auto done = co_await ask<kept>(wanted);
  if (!done || done->what == kept::outcome::busy)
    co_return reply_error(because(busy, true));
  if (done->what == kept::outcome::taken)
    co_return reply_error(because("This id is another message's.", false));
  auto answer =
      reply({{"id", wanted.said.id}, {"number", done->number}, {"at", done->at}});
  if (house_->crashable && wanted.said.text == "/crash")
    co_return std::move(answer).and_stop(
        runtime::reason::error("a visitor asked for it"));
  co_return answer;
}

websock::channel_result room::type() {
  if (self().now() - typed_ >= typing_interval) {
    typed_ = self().now();
    broadcast_from("typing", {{"name", who().name()}});
  }
  return noreply();
}

} // namespace chat
