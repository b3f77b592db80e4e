// What a client calls a message or a join by. Opaque: any JSON value, given back as it
// came.
#pragma once

#include "websock/channels/envelope/compact_text.hpp"

#include <string>
#include <string_view>

namespace websock::channels {

/// Equal only to the same value of the same type: 1 is not "1".
class message_ref {
public:
  message_ref() = default; // null
  /// A JSON value, already checked.
  [[nodiscard]] static message_ref from_json(std::string_view value);
  /// A string of UTF-8.
  [[nodiscard]] static message_ref from_text(std::string_view text);

  [[nodiscard]] bool is_null() const noexcept { return json() == "null"; }
  /// Valid as long as the object stays where it is.
  [[nodiscard]] std::string_view json() const noexcept { return json_.view(); }
  /// As a field of a binary message: the characters of a string, nothing for null.
  [[nodiscard]] std::string octets() const;

  friend bool operator==(const message_ref&, const message_ref&) = default;

private:
  explicit message_ref(std::string_view json) : json_(json) {}

  compact_text json_{"null"}; // one spelling for each value
};

} // namespace websock::channels
