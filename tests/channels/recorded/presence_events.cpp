// Presence in the recorded channel.
#include "tests/channels/recorded/presence_events.hpp"

#include <utility>

namespace tests::recorded {

using websock::json;
using websock::channels::payload;
using websock::channels::presence;

namespace {

[[nodiscard]] presence_answer told(const presence::result& result) {
  if (result)
    return {"ok", json{{"ref", result.phx_ref}}};
  const bool is_double = result.why == presence::result::error::already_tracked;
  return {"error", json{{"e", is_double ? "already_tracked" : "nopresence"}}};
}

} // namespace

std::optional<presence_answer>
answer_of_presence(presence& people, const websock::channel& who,
                   const std::string& topic, std::string_view event, const payload& in) {
  const auto& name = in["key"];
  const auto key = name.is_string() ? name.get<std::string>() : name.dump();
  if (event == "track")
    return told(people.track(who, key, in["meta"]));
  if (event == "update")
    return told(people.update(who, key, in["meta"]));
  if (event == "plist")
    return presence_answer{"ok", people.list(topic)};
  if (event == "pget") {
    auto found = people.get_by_key(topic, key);
    return presence_answer{"ok", json{{"r", found.is_null() ? json::array() : found}}};
  }
  if (event != "untrack")
    return std::nullopt;
  people.untrack(who, key);
  return presence_answer{"ok", payload()};
}

std::string elixir(const json& object) {
  std::string text;
  for (const auto& [key, value] : object.items())
    text += (text.empty() ? "" : ", ") + json(key).dump() + " => " + value.dump();
  return "%{" + text + '}';
}

} // namespace tests::recorded
