// A hash for looking up names and topics without constructing a string.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace websock::runtime::detail {

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

} // namespace websock::runtime::detail
