// An answer of Redis, or what it pushes to a subscriber.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace websock::runtime::redis {

struct reply {
  enum class kind : std::uint8_t { nil, status, error, integer, text, list };

  kind type = kind::nil;
  std::int64_t number = 0;     // of an integer
  std::string text;            // of a status, an error or a text
  std::vector<reply> elements; // of a list

  [[nodiscard]] bool is_status(const char* wanted) const {
    return type == kind::status && text == wanted;
  }
  /// Whether it is a list that begins with this text, as all that is pushed does.
  [[nodiscard]] bool begins_with(const char* wanted) const {
    return type == kind::list && !elements.empty() && elements.front().type == kind::text
           && elements.front().text == wanted;
  }
};

} // namespace websock::runtime::redis
