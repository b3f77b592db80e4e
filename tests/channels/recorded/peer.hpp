// A connection of a recorded scenario: how it was opened, and what it got.
#pragma once

#include "websock/channels/envelope/json.hpp"
#include "websock/testing/client.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tests::recorded {

using websock::json;

[[nodiscard]] inline std::string octets_of(const std::string& hex) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    octets += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return octets;
}

/// What a client got: JSON of text, or the octets.
struct received {
  bool is_binary;
  json what;

  [[nodiscard]] std::string topic() const {
    if (is_binary)
      return "?";
    return (what.is_array() ? what.at(2) : what.at("topic")).dump();
  }
  friend bool operator==(const received&, const received&) = default;
};

/// One connection of the scenario, or its refusal.
struct peer {
  int status = 0;
  std::string subprotocol;
  std::optional<websock::testing::client> client;
  std::vector<received> expected;

  [[nodiscard]] std::vector<received> got() const {
    std::vector<received> all;
    for (const auto& each : client->frames())
      if (each.code == websock::protocol::opcode::text)
        all.push_back({false, json::parse(each.payload)});
      else if (each.code == websock::protocol::opcode::binary)
        all.push_back({true, json::binary({each.payload.begin(), each.payload.end()})});
    return all;
  }
};

[[nodiscard]] inline std::string head_of(const json& step) {
  std::string head = "GET " + step["target"].get<std::string>() + " HTTP/1.1\r\n";
  json headers{{"Host", "localhost:4800"},
               {"Connection", "Upgrade"},
               {"Upgrade", "websocket"},
               {"Sec-WebSocket-Version", "13"},
               {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  headers.merge_patch(step.value("headers", json::object())); // null removes one
  for (const auto& [name, value] : headers.items())
    head += name + ": " + value.get<std::string>() + "\r\n";
  return head + "\r\n";
}

} // namespace tests::recorded
