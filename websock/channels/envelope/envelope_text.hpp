// What both serializers do with the JSON of a message.
#pragma once

#include "websock/channels/envelope/envelope.hpp"

#include <string>
#include <string_view>

namespace websock::channels {

/// Sets the topic or the odd topic from a JSON value, already checked.
void set_topic(inbound_message& into, std::string_view value);
/// The characters of a string, or the JSON of anything else.
[[nodiscard]] std::string event_of(std::string_view value);

/// Appends the topic, the event or the payload that the JSON of a message names.
void append_topic(std::string& to, const outbound_message& out);
void append_event(std::string& to, const outbound_message& out);
void append_body(std::string& to, const outbound_message& out);

/// Appends a JSON object with further members, themselves JSON, behind its own: where a
/// name occurs twice, the last counts.
void append_extended(std::string& to, std::string_view object, std::string_view members);
/// The member by which a client learns a position, and gives it back when it joins again:
/// `"recover":{"epoch":"x","offset":1}`.
[[nodiscard]] std::string recover_member(const position& at);

} // namespace websock::channels
