// Origins that were refused: counts the requests, and reports each origin once, so that
// the operator learns which option is missing.
#pragma once

#include "websock/http/request.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace websock {

/// Any thread.
class refused_origins {
public:
  static constexpr std::size_t most_told = 100; // so that no flood fills log and memory
  static constexpr std::size_t longest_told = 200; // octets of an origin

  /// Counts a refused request. Returns a log line that names the option to set, if its
  /// origin is new and not too many have been reported.
  [[nodiscard]] std::optional<std::string> note(const http::request& refused);
  [[nodiscard]] std::uint64_t count() const noexcept { return count_.load(); }

private:
  std::atomic<std::uint64_t> count_{0};
  std::mutex mutex_; // every shard may refuse requests
  std::set<std::string> told_;
};

} // namespace websock
