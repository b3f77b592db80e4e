// The trace that a request belongs to, as its sender names it: W3C Trace Context.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::http {
class request;
}

namespace websock {

/// https://www.w3.org/TR/trace-context/
struct trace_context {
  std::string trace_id;  // 32 hexadecimal digits, in lower case
  std::string parent_id; // 16
  std::uint8_t flags = 0;

  [[nodiscard]] bool is_sampled() const noexcept { return (flags & 1U) != 0; }
  friend bool operator==(const trace_context&, const trace_context&) = default;
};

/// The value of a header `traceparent` (§3.2); nothing when it is malformed, which counts
/// as if it had not been sent.
[[nodiscard]] std::optional<trace_context> parse_traceparent(std::string_view value);

/// That of a request; nothing when it has none, or several.
[[nodiscard]] std::optional<trace_context> trace_of(const http::request& request);

/// The value of the header `traceparent` with which another request continues the trace.
[[nodiscard]] std::string to_traceparent(const trace_context& context);

} // namespace websock
