// What the recorded channel does with Presence.
#pragma once

#include "websock/channels/channel/channel.hpp"
#include "websock/channels/presence.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tests::recorded {

struct presence_answer {
  std::string status;
  websock::channels::payload body;
};

/// The reply to an event about presence in the topic of `who`; nullopt if it is another.
[[nodiscard]] std::optional<presence_answer>
answer_of_presence(websock::channels::presence& people, const websock::channel& who,
                   const std::string& topic, std::string_view event,
                   const websock::channels::payload& in);

/// An object with values that are no objects, as Elixir writes it: `%{"n" => 1}`.
[[nodiscard]] std::string elixir(const websock::json& object);

} // namespace tests::recorded
