// The elements of Sec-WebSocket-Extensions, RFC 6455 §9.1. What a parameter means is up
// to the extension.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::http {

struct extension {
  struct param {
    std::string_view name;
    std::optional<std::string> value; // without its quotes; always a token
  };
  std::string_view name;
  std::vector<param> params; // in the order sent; a name may come more than once
};

/// One element of the list, as `take_list_element` gives it: views into `element`, or
/// nothing if it is malformed.
[[nodiscard]] std::optional<extension> parse_extension(std::string_view element);

} // namespace websock::http
