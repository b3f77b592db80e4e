// The connections of one route: shared by all shards, and written when one begins or
// ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace websock {

struct route_figures {
  explicit route_figures(std::string_view its_pattern) : pattern(its_pattern) {}

  const std::string pattern;
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> opened{0};
};

} // namespace websock
