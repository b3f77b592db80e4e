// References of presences, by which clients tell metas of one key apart.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace websock::channels {

/// Makes references: 12 octets in base64 for URLs, of the time, the node and a counter.
/// Any thread. Source: Phoenix.Tracker.
class phx_refs {
public:
  explicit phx_refs(std::string_view node) noexcept;
  [[nodiscard]] std::string next();

private:
  const std::uint16_t node_;
  std::atomic<std::uint16_t> count_{0};
};

} // namespace websock::channels
