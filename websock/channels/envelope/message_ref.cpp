// References of messages.
#include "websock/channels/envelope/message_ref.hpp"

#include "websock/channels/envelope/json.hpp"
#include "websock/channels/envelope/json_text.hpp"

namespace websock::channels {

message_ref message_ref::from_json(std::string_view value) {
  const bool has_one_spelling = value.front() == '"'
                                    ? value.find('\\') == std::string_view::npos
                                    : value.front() != '{' && value.front() != '[';
  return has_one_spelling ? message_ref(value) : message_ref(json::parse(value).dump());
}

message_ref message_ref::from_text(std::string_view text) {
  std::string quoted;
  append_quoted(quoted, text);
  return message_ref(quoted);
}

std::string message_ref::octets() const {
  if (is_null())
    return {};
  return json().front() == '"' ? unquoted(json()) : std::string(json());
}

} // namespace websock::channels
