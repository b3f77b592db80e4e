// The elements of Sec-WebSocket-Extensions, RFC 6455 §9.1. Each extension defines what
// its parameters mean.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::http {

struct extension {
  struct param {
    std::string_view name;
    std::optional<std::string> value; // without quotes; always a token
  };
  std::string_view name;
  std::vector<param> params; // in the order sent; a name may be repeated
};

/// Parses one list element from `take_list_element`. The result points into `element`;
/// empty if it is malformed.
[[nodiscard]] std::optional<extension> parse_extension(std::string_view element);

} // namespace websock::http
