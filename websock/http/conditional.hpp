// Conditional requests, RFC 9110 §13: whether the client has what it would get already.
#pragma once

#include "websock/http/request.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::http {

/// What tells one version of a resource from another, RFC 9110 §8.8.
struct validators {
  std::string etag;                                 // quoted; strong
  std::optional<std::chrono::sys_seconds> modified; // nothing: not known
};

enum class condition : std::uint8_t {
  holds,        // there is none, or the method goes on
  not_modified, // 304
  failed        // 412
};

/// RFC 9110 §13.2.2, for a resource that exists.
[[nodiscard]] condition evaluate(const request& request, const validators& current);

/// An entity tag, quoted, that differs for all contents but by an accident of 1 in 2^64.
[[nodiscard]] std::string etag_of(std::string_view content);

} // namespace websock::http
