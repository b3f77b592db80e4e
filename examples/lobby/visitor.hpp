// A visitor: asks the database for its account, and awaits the reply.
#pragma once

#include "websock/handler.hpp"
#include "websock/runtime/registry.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace lobby {

/// Whether a visitor may use this name: 1 to 24 printable characters.
[[nodiscard]] bool is_name(std::string_view text);
/// Whether this can be a page's key: 32 hexadecimal digits.
[[nodiscard]] bool is_key(std::string_view text);

class visitor final : public websock::handler {
public:
  /// Registered in `visitors` under `key`: anyone with the key can end this connection.
  /// Waits up to `patience` for the database.
  visitor(websock::runtime::registry visitors, std::string key,
          std::chrono::milliseconds patience)
      : visitors_(std::move(visitors)), key_(std::move(key)), patience_(patience) {}

private:
  websock::handle_result init() override;
  websock::handle_result handle_in(websock::message_view in) override;

  websock::runtime::registry visitors_;
  const std::string key_;
  const std::chrono::milliseconds patience_;
};

} // namespace lobby
