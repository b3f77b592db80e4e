// Pages that could not connect because of their origin: counted, and each told once, so
// that whoever runs the server learns which option is missing.
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
  static constexpr std::size_t most_told = 100;    // so that nobody fills log and memory
  static constexpr std::size_t longest_told = 200; // octets of an origin

  /// Counts a request that was refused. A line for the log, which says what would let it
  /// in, when its origin is new and not too many have been told.
  [[nodiscard]] std::optional<std::string> note(const http::request& refused);
  [[nodiscard]] std::uint64_t count() const noexcept { return count_.load(); }

private:
  std::atomic<std::uint64_t> count_{0};
  std::mutex mutex_; // requests are refused on every shard
  std::set<std::string> told_;
};

} // namespace websock
