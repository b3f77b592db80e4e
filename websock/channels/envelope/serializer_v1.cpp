// Messages as objects.
#include "websock/channels/envelope/serializer_v1.hpp"

#include "websock/channels/envelope/envelope_text.hpp"
#include "websock/channels/envelope/json_text.hpp"
#include "websock/protocol/utf8_validator.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace websock::channels::v1 {

namespace {

/// The members of interest; empty until they come.
struct members {
  std::string_view topic;
  std::string_view event;
  std::string_view body;
  std::string_view ref;
  std::string_view join_ref;

  [[nodiscard]] std::string_view* find(std::string_view name) noexcept {
    if (name == "topic")
      return &topic;
    if (name == "event")
      return &event;
    if (name == "payload")
      return &body;
    if (name == "ref")
      return &ref;
    return name == "join_ref" ? &join_ref : nullptr;
  }
  [[nodiscard]] bool has_all() const noexcept {
    return !topic.empty() && !event.empty() && !body.empty() && !ref.empty();
  }
};

[[nodiscard]] bool take_member(json_cursor& from, members& into) {
  const auto name = from.take_value();
  if (!name || name->front() != '"' || !from.take(':'))
    return false;
  const auto value = from.take_value();
  if (value)
    if (auto* const place = into.find(unquoted(*name)))
      *place = *value;
  return value.has_value();
}

[[nodiscard]] std::optional<members> members_of(std::string_view text) {
  json_cursor cursor(text);
  members found;
  if (!cursor.take('{'))
    return std::nullopt;
  do {
    if (!take_member(cursor, found))
      return std::nullopt;
  } while (cursor.take(','));
  if (!cursor.take('}') || !cursor.is_at_end() || !found.has_all())
    return std::nullopt;
  return found;
}

} // namespace

std::optional<inbound_message> decode(message_view in) {
  if (in.is_binary() && !protocol::is_valid_utf8(in.text()))
    return std::nullopt;
  const auto found = members_of(in.text());
  if (!found)
    return std::nullopt;
  inbound_message message;
  if (!found->join_ref.empty())
    message.join_ref = message_ref::from_json(found->join_ref);
  message.ref = message_ref::from_json(found->ref);
  set_topic(message, found->topic);
  message.event = event_of(found->event);
  message.body = payload::from_text(std::string(found->body));
  return message;
}

message encode(const outbound_message& out) {
  if (out.body.is_binary())
    throw std::invalid_argument(
        "a binary payload cannot be sent to a client of version 1");
  std::string json = R"({"event":)";
  json.reserve(64 + out.topic.size() + out.event.size() + out.body.text().size());
  append_event(json, out);
  json += R"(,"payload":)";
  append_body(json, out);
  json += R"(,"ref":)";
  json += out.ref.json();
  json += R"(,"topic":)";
  append_topic(json, out);
  json += '}';
  return text(std::move(json));
}

} // namespace websock::channels::v1
