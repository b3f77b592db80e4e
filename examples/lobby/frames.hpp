// Reads the page's frames defensively: any client could have sent them.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace lobby {

using json = nlohmann::json;

/// The text under this name; empty if it is missing or not text.
[[nodiscard]] inline std::string text_of(const json& frame, const char* member) {
  const auto found = frame.find(member);
  return found != frame.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The whole number under this name; 0 if it is missing or not one.
[[nodiscard]] inline int number_of(const json& frame, const char* member) {
  const auto found = frame.find(member);
  return found != frame.end() && found->is_number_integer() ? found->get<int>() : 0;
}

} // namespace lobby
