// Messages as arrays, and binary messages.
#include "websock/channels/envelope/serializer_v2.hpp"

#include "websock/channels/envelope/envelope_text.hpp"
#include "websock/channels/envelope/json_text.hpp"
#include "websock/protocol/utf8_validator.hpp"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace websock::channels::v2 {

namespace {

constexpr std::size_t element_count = 5; // more are ignored
constexpr std::size_t longest_field = 255;

[[nodiscard]] std::optional<std::array<std::string_view, element_count>>
elements_of(std::string_view text) {
  json_cursor cursor(text);
  std::array<std::string_view, element_count> found;
  std::size_t count = 0;
  if (!cursor.take('['))
    return std::nullopt;
  do {
    const auto value = cursor.take_value();
    if (!value)
      return std::nullopt;
    if (count < element_count)
      found[count++] = *value;
  } while (cursor.take(','));
  if (!cursor.take(']') || !cursor.is_at_end() || count < element_count)
    return std::nullopt;
  return found;
}

[[nodiscard]] std::optional<inbound_message> decode_text(std::string_view text) {
  const auto found = elements_of(text);
  if (!found)
    return std::nullopt;
  const auto& [join_ref, ref, topic, event, body] = *found;
  inbound_message message;
  message.join_ref = message_ref::from_json(join_ref);
  message.ref = message_ref::from_json(ref);
  set_topic(message, topic);
  message.event = event_of(event);
  message.body = payload::from_text(std::string(body));
  return message;
}

// The kind, the lengths of the fields, the fields, and the data. A client sends only
// pushes. A reference that is left out is the empty string, not null.
[[nodiscard]] std::optional<inbound_message> decode_binary(std::string_view octets) {
  constexpr std::size_t fields = 4;
  if (octets.size() < 1 + fields || octets.front() != '\0')
    return std::nullopt;
  std::array<std::string_view, fields> found;
  auto rest = octets.substr(1 + fields);
  for (std::size_t i = 0; i < fields; ++i) {
    const std::size_t size = static_cast<unsigned char>(octets[1 + i]);
    if (rest.size() < size || !protocol::is_valid_utf8(rest.substr(0, size)))
      return std::nullopt;
    found[i] = rest.substr(0, size);
    rest.remove_prefix(size);
  }
  return inbound_message{message_ref::from_text(found[0]),
                         message_ref::from_text(found[1]),
                         std::string(found[2]),
                         {},
                         std::string(found[3]),
                         payload::binary(std::string(rest))};
}

[[nodiscard]] message encode_binary(const outbound_message& out,
                                    std::initializer_list<std::string_view> fields) {
  std::string octets(1, static_cast<char>(out.what));
  for (const auto& each : fields) {
    if (each.size() > longest_field)
      throw std::length_error("a topic, an event, a status or a reference of a binary "
                              "message has at most 255 octets");
    octets += static_cast<char>(each.size());
  }
  for (const auto& each : fields)
    octets += each;
  octets += out.body.text();
  return binary(std::move(octets));
}

[[nodiscard]] message encode_binary(const outbound_message& out) {
  switch (out.what) {
  case outbound_message::kind::push:
    return encode_binary(out, {out.join_ref.octets(), out.topic, out.event});
  case outbound_message::kind::reply:
    return encode_binary(out,
                         {out.join_ref.octets(), out.ref.octets(), out.topic, out.event});
  case outbound_message::kind::broadcast:
    break;
  }
  return encode_binary(out, {out.topic, out.event});
}

} // namespace

std::optional<inbound_message> decode(message_view in) {
  return in.is_binary() ? decode_binary(in.text()) : decode_text(in.text());
}

message encode(const outbound_message& out) {
  if (out.body.is_binary())
    return encode_binary(out);
  std::string json = "[";
  json.reserve(64 + out.topic.size() + out.event.size() + out.body.text().size());
  json += out.join_ref.json();
  json += ',';
  json += out.ref.json();
  json += ',';
  append_topic(json, out);
  json += ',';
  append_event(json, out);
  json += ',';
  append_body(json, out);
  json += ']';
  return text(std::move(json));
}

} // namespace websock::channels::v2
