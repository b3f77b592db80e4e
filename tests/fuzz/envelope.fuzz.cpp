// Messages of Phoenix's clients: what is accepted is what another reader of JSON accepts,
// takes no more room than it came in, has a value, and is read again as it was written.
#include "websock/channels/envelope/base64.hpp"
#include "websock/channels/envelope/json_text.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/protocol/utf8_validator.hpp"

#include "tests/fuzz/input.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace {

using namespace websock;
using channels::inbound_message;
using channels::outbound_message;
using channels::serializer;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t longest_field = 255;

[[nodiscard]] int depth_of(std::string_view text) {
  int deepest = 0;
  static_cast<void>(json::parse(text, [&](int depth, auto, auto&) {
    deepest = std::max(deepest, depth);
    return true;
  }));
  return deepest;
}

// The library takes a NUL for the end, and skips a byte order mark.
void check_scanner(std::string_view text) {
  channels::json_cursor cursor(text);
  const auto value = cursor.take_value();
  const bool is_taken = value && cursor.is_at_end();
  const bool is_json = json::accept(text);
  fuzz::require(!is_taken || is_json, "what the scanner takes is JSON");
  if (is_json && !is_taken && text.find('\0') == std::string_view::npos)
    fuzz::require(depth_of(text) >= static_cast<int>(channels::json_cursor::most_nested),
                  "the scanner takes JSON");
}

// A reference is written anew, where an escape may take the place of a character.
void check_size(const inbound_message& in, std::size_t size) {
  fuzz::require(in.topic.size() + in.odd_topic.size() + in.event.size()
                        + in.body.text().size()
                    <= size,
                "a message takes no more room than it came in");
  fuzz::require(in.ref.json().size() + in.join_ref.json().size() <= 6 * size + 8,
                "a reference takes little more room than it came in");
}

[[nodiscard]] inbound_message decoded(serializer how, const message& sent) {
  const auto code = sent.opcode();
  auto in = decode(how, {code, protocol::as_octets(sent.payload())});
  fuzz::require(in.has_value(), "what is sent can be read");
  return *std::move(in);
}

// A push back is read as the push that it answers.
void check_push(serializer how, const inbound_message& in) {
  const auto again = decoded(
      how, channels::encode(how, {outbound_message::kind::push, in.join_ref, in.ref,
                                  in.topic, in.event, in.body, in.odd_topic}));
  fuzz::require(again.ref == in.ref
                    && (how == serializer::v1 || again.join_ref == in.join_ref),
                "references stay the same");
  fuzz::require(again.topic == in.topic && again.odd_topic == in.odd_topic
                    && again.event == in.event,
                "topic and event stay the same");
  fuzz::require(again.body.text() == in.body.text(), "a payload stays the same");
}

// The last of two members of a name counts.
void check_position(serializer how, const inbound_message& in) {
  const channels::position at{"an \"epoch\"", 41};
  const auto sent = json::parse(
      channels::encode(how, {outbound_message::kind::push, in.join_ref, in.ref, in.topic,
                             in.event, in.body, in.odd_topic, &at})
          .payload());
  const auto& body = how == serializer::v1 ? sent["payload"] : sent[4];
  fuzz::require(body["recover"]["offset"] == 41, "a message says its position");
}

void check_reply(serializer how, const inbound_message& in,
                 const channels::payload& response) {
  const auto sent =
      json::parse(channels::encode(how, {outbound_message::kind::reply, in.join_ref,
                                         in.ref, in.topic, "ok", response, in.odd_topic})
                      .payload());
  fuzz::require(how == serializer::v1 ? sent["topic"].dump() != "" : sent.size() == 5,
                "a reply has its five elements");
  const auto& ref = how == serializer::v1 ? sent["ref"] : sent[1];
  fuzz::require(ref == json::parse(in.ref.json()), "a reply has the reference");
  const auto& body = how == serializer::v1 ? sent["payload"] : sent[4];
  fuzz::require(body["response"] == response.value(), "a reply has its response");
}

// Fields that are too long for octets are refused, by an exception that says so.
void check_octets_back(const inbound_message& in) {
  const auto join_ref = in.join_ref.octets();
  const auto ref = in.ref.octets();
  const bool fits =
      std::max({join_ref.size(), ref.size(), in.topic.size()}) <= longest_field;
  try {
    const auto sent = channels::encode(
        serializer::v2, {outbound_message::kind::reply, in.join_ref, in.ref, in.topic,
                         "ok", channels::payload::binary("\xff")});
    fuzz::require(sent.payload().substr(5)
                      == join_ref + ref + std::string(in.topic) + "ok\xff",
                  "a reply of octets has its fields");
  } catch (const std::length_error&) {
    fuzz::require(!fits, "what fits can be replied to by octets");
  }
}

// Only version 2 has binary messages, and the kind of a push.
void check_octets(const inbound_message& in, std::string_view octets) {
  std::string again(1, '\0');
  const std::string fields[] = {in.join_ref.octets(), in.ref.octets(), in.topic,
                                in.event};
  for (const auto& each : fields)
    again += static_cast<char>(each.size());
  for (const auto& each : fields)
    again += each;
  fuzz::require(again + in.body.text() == octets, "octets are read as they were written");
}

void check(serializer how, protocol::opcode code, std::string_view octets) {
  const auto in = decode(how, {code, protocol::as_octets(octets)});
  if (!in)
    return;
  check_size(*in, octets.size());
  static_cast<void>(in->body.value());
  check_reply(how, *in, channels::payload());
  if (how == serializer::v2)
    check_octets_back(*in);
  if (in->body.is_binary())
    return check_octets(*in, octets);
  check_reply(how, *in, in->body);
  check_push(how, *in);
  if (in->body.is_object())
    check_position(how, *in);
}

void check_base64(std::string_view octets) {
  fuzz::require(channels::base64_decoded(channels::base64_url(octets)) == octets,
                "base64 stands for what it was made of");
  if (const auto decoded = channels::base64_decoded(octets))
    fuzz::require(decoded->size() <= octets.size(), "base64 is longer than the octets");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto octets = in.text(size);
  check_base64(octets);
  check(serializer::v1, protocol::opcode::binary, octets);
  check(serializer::v2, protocol::opcode::binary, octets);
  if (!protocol::is_valid_utf8(octets))
    return 0; // no text message
  check(serializer::v1, protocol::opcode::text, octets);
  check(serializer::v2, protocol::opcode::text, octets);
  if (!octets.starts_with(byte_order_mark))
    check_scanner(octets);
  return 0;
}
