// The JSON that the page understands.
#pragma once

#include "websock/message.hpp"
#include "websock/runtime/pid.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace chat {

using json = nlohmann::json;

/// Milliseconds since 1970, as JavaScript's Date takes them.
[[nodiscard]] inline std::int64_t milliseconds_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

[[nodiscard]] inline std::string as_text(const json& value) {
  return value.dump();
}
/// For many visitors.
[[nodiscard]] inline websock::shared_message as_message(const json& value) {
  return websock::share(websock::text(value.dump()));
}

} // namespace chat
