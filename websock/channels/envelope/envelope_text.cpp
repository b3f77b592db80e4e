// The parts of a message as JSON.
#include "websock/channels/envelope/envelope_text.hpp"

#include "websock/channels/envelope/json_text.hpp"

namespace websock::channels {

namespace {

[[nodiscard]] bool is_string(std::string_view value) noexcept {
  return value.front() == '"';
}

[[nodiscard]] bool is_reply(const outbound_message& out) noexcept {
  return out.what == outbound_message::kind::reply;
}

} // namespace

void set_topic(inbound_message& into, std::string_view value) {
  if (is_string(value))
    into.topic = unquoted(value);
  else
    into.odd_topic = value;
}

std::string event_of(std::string_view value) {
  return is_string(value) ? unquoted(value) : std::string(value);
}

void append_topic(std::string& to, const outbound_message& out) {
  if (out.odd_topic.empty())
    append_quoted(to, out.topic);
  else
    to += out.odd_topic;
}

void append_event(std::string& to, const outbound_message& out) {
  append_quoted(to, is_reply(out) ? "phx_reply" : out.event);
}

void append_body(std::string& to, const outbound_message& out) {
  if (!is_reply(out)) {
    if (out.at == nullptr)
      to += out.body.text();
    else
      append_extended(to, out.body.text(), recover_member(*out.at));
    return;
  }
  to += R"({"response":)";
  to += out.body.text();
  to += R"(,"status":)";
  append_quoted(to, out.event);
  to += '}';
}

void append_extended(std::string& to, std::string_view object, std::string_view members) {
  object.remove_suffix(1); // the brace
  to += object;
  if (object.find_first_not_of(" \t\r\n", 1) != std::string_view::npos)
    to += ',';
  to += members;
  to += '}';
}

std::string recover_member(const position& at) {
  std::string text = R"("recover":{"epoch":)";
  append_quoted(text, at.epoch);
  text += R"(,"offset":)";
  text += std::to_string(at.offset);
  if (!at.seen.empty())
    text += R"(,"seen":)" + at.seen;
  text += '}';
  return text;
}

} // namespace websock::channels
