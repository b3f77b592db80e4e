// What the page sends, read with care: it may be somebody else who sends it.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace lobby {

using json = nlohmann::json;

/// Empty unless it is there, and text.
[[nodiscard]] inline std::string text_of(const json& frame, const char* member) {
  const auto found = frame.find(member);
  return found != frame.end() && found->is_string() ? found->get<std::string>() : "";
}

/// 0 unless it is there, and a whole number.
[[nodiscard]] inline int number_of(const json& frame, const char* member) {
  const auto found = frame.find(member);
  return found != frame.end() && found->is_number_integer() ? found->get<int>() : 0;
}

} // namespace lobby
