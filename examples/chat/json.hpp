// JSON as the page expects it.
#pragma once

#include "websock/message.hpp"
#include "websock/runtime/pid.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace chat {

using json = nlohmann::json;

/// Milliseconds since 1970, as JavaScript's Date counts them.
[[nodiscard]] inline std::int64_t milliseconds_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

[[nodiscard]] inline std::string as_text(const json& value) {
  return value.dump();
}
/// Encoded once, to send to many visitors.
[[nodiscard]] inline websock::shared_message as_message(const json& value) {
  return websock::share(websock::text(value.dump()));
}

} // namespace chat
