// Reading and writing `traceparent`.
#include "websock/telemetry/trace_context.hpp"

#include "websock/http/request.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace websock {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t traceparent_size = 55; // of version 00

// In lower case only: §3.2.2.
[[nodiscard]] bool is_lower_hex(std::string_view text) noexcept {
  return text.find_first_not_of(hex_digits) == std::string_view::npos;
}

[[nodiscard]] bool is_zero(std::string_view text) noexcept {
  return text.find_first_not_of('0') == std::string_view::npos;
}

[[nodiscard]] std::uint8_t hex_octet(std::string_view two) noexcept {
  return static_cast<std::uint8_t>(hex_digits.find(two[0]) * 16
                                   + hex_digits.find(two[1]));
}

} // namespace

// §3.2.2.1: a later version may be longer, behind another hyphen. ff is never valid.
std::optional<trace_context> parse_traceparent(std::string_view value) {
  if (value.size() < traceparent_size || value[2] != '-' || value[35] != '-'
      || value[52] != '-')
    return std::nullopt;
  const auto version = value.substr(0, 2);
  const auto trace = value.substr(3, 32);
  const auto parent = value.substr(36, 16);
  const auto flags = value.substr(53, 2);
  const bool is_hex = is_lower_hex(version) && is_lower_hex(trace) && is_lower_hex(parent)
                      && is_lower_hex(flags);
  const bool is_long = value.size() > traceparent_size;
  if (!is_hex || version == "ff" || is_zero(trace) || is_zero(parent)
      || (is_long && (version == "00" || value[traceparent_size] != '-')))
    return std::nullopt;
  return trace_context{std::string(trace), std::string(parent), hex_octet(flags)};
}

std::optional<trace_context> trace_of(const http::request& request) {
  const auto values = request.header_values("traceparent");
  return values.size() == 1 ? parse_traceparent(values.front()) : std::nullopt;
}

std::string to_traceparent(const trace_context& context) {
  std::string text = "00-" + context.trace_id + "-" + context.parent_id + "-";
  text += hex_digits[context.flags >> 4U];
  text += hex_digits[context.flags & 0xFU];
  return text;
}

} // namespace websock
