// Conditional requests, RFC 9110 §13: whether the client already has the current version.
#pragma once

#include "websock/http/request.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::http {

/// Distinguishes versions of a resource, RFC 9110 §8.8.
struct validators {
  std::string etag;                                 // quoted; strong
  std::optional<std::chrono::sys_seconds> modified; // empty: unknown
};

enum class condition : std::uint8_t {
  holds,        // there is no condition, or it allows the method
  not_modified, // 304
  failed        // 412
};

/// RFC 9110 §13.2.2, for a resource that exists.
[[nodiscard]] condition evaluate(const request& request, const validators& current);

/// An entity tag, quoted. Two contents have the same one with a probability of 1 in 2^64.
[[nodiscard]] std::string etag_of(std::string_view content);

} // namespace websock::http
